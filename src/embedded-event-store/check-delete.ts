import type { Verdict } from './check-commit.js';
import { NO_REVISION } from './event.js';
import type { ExpectedRevision } from './expected-revision.js';

/** What the decision needs to know of the stream. */
export type DeletableStream = {
  readonly current: number;
  readonly deleted: boolean;
  readonly hasMetadata: boolean;
};

/** Decides what becomes of a deletion. Unlike an append it is never taken for one that was made before. */
export function checkDelete(expected: ExpectedRevision, stream: DeletableStream): Exclude<Verdict, { type: 'repeat' }> {
  const { current, deleted, hasMetadata } = stream;
  const isThere = current !== NO_REVISION || hasMetadata;
  if (expected === 'stream_exists' && deleted) return { type: 'deleted' };
  if (typeof expected === 'bigint') return expected === BigInt(current) ? { type: 'write' } : { type: 'conflict' };
  if (expected === 'no_stream')
    return isThere && (current === NO_REVISION || deleted) ? { type: 'write' } : { type: 'conflict' };
  return isThere ? { type: 'write' } : { type: 'conflict' };
}

/** Decides whether a stream may be closed: one that never was may, by those who expect nothing of it. */
export function checkClose(expected: ExpectedRevision, stream: DeletableStream): Exclude<Verdict, { type: 'repeat' }> {
  const isNew = stream.current === NO_REVISION && !stream.hasMetadata;
  if (isNew && (expected === 'any' || expected === 'no_stream')) return { type: 'write' };
  return checkDelete(expected, stream);
}
