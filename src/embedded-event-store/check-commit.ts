import { NO_REVISION } from './event.js';
import type { ExpectedRevision } from './expected-revision.js';

/** Where an event with a known id lies. */
export type Place = { readonly stream: string; readonly revision: number; readonly position: number };

/** What the decision may ask about the stream being written to. */
export type StreamHistory = {
  readonly stream: string;
  /** Its last revision, or NO_REVISION. */
  readonly current: number;
  /** Finds a recently written event of any stream by its id. */
  recent(id: string): Place | undefined;
  /** Ids and positions of stored events, in order, from a revision on. */
  idsFrom(revision: number, count: number): { readonly id: string; readonly position: number }[];
};

export type Verdict =
  | { readonly type: 'write' }
  /** The same events were written before: answer as then, write nothing. */
  | { readonly type: 'repeat'; readonly revision: number; readonly position: number }
  | { readonly type: 'conflict' };

const WRITE: Verdict = { type: 'write' };
const CONFLICT: Verdict = { type: 'conflict' };

/** Decides what becomes of an append; ids are those of the proposed events, in order. */
export function checkCommit(expected: ExpectedRevision, ids: readonly string[], history: StreamHistory): Verdict {
  if (history.current === NO_REVISION) return expected === 'any' || expected === 'no_stream' ? WRITE : CONFLICT;
  if (expected === 'any' || expected === 'stream_exists') return checkRecentIds(ids, history);
  const revision = expected === 'no_stream' ? NO_REVISION : expected;
  if (revision > history.current) return CONFLICT;
  return revision == history.current ? WRITE : checkStoredIds(Number(revision), ids, history);
}

function checkRecentIds(ids: readonly string[], history: StreamHistory): Verdict {
  const places = ids
    .map((id) => history.recent(id))
    .map((place) => (place?.stream === history.stream ? place : undefined));
  const last = places.at(-1);
  if (!places[0] || !last) return places[0] ? CONFLICT : WRITE;
  return places.includes(undefined) ? CONFLICT : { type: 'repeat', revision: last.revision, position: last.position };
}

function checkStoredIds(expected: number, ids: readonly string[], history: StreamHistory): Verdict {
  const stored = history.idsFrom(expected + 1, ids.length);
  const last = stored.at(-1);
  const same = stored.length === ids.length && stored.every(({ id }, index) => id === ids[index]);
  return last && same ? { type: 'repeat', revision: expected + ids.length, position: last.position } : CONFLICT;
}
