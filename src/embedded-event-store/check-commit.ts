import { NO_REVISION } from './event.js';
import type { ExpectedRevision } from './expected-revision.js';

/** Where an event with a known id lies. */
export type Place = { readonly stream: string; readonly revision: number; readonly position: number };

/** What the decision may ask about the stream being written to. */
type StreamHistory = {
  readonly stream: string;
  /** Its last revision, or NO_REVISION. */
  readonly current: number;
  /** Whether its events were all hidden by a deletion. */
  readonly deleted: boolean;
  hasMetadata(): boolean;
  /** Finds a recently written event of any stream by its id. */
  recent(id: string): Place | undefined;
  /** Ids and positions of stored events, in order, from a revision on. */
  idsFrom(revision: number, count: number): { readonly id: string; readonly position: number }[];
};

export type Verdict =
  | { readonly type: 'write' }
  /** The same events were written before: answer as then, write nothing. */
  | { readonly type: 'repeat'; readonly revision: number; readonly position: number }
  | { readonly type: 'conflict' }
  /** The stream was to exist, and was deleted. */
  | { readonly type: 'deleted' };

const WRITE: Verdict = { type: 'write' };
const CONFLICT: Verdict = { type: 'conflict' };

/** Decides what becomes of an append; ids are those of the proposed events, in order. */
export function checkCommit(expected: ExpectedRevision, ids: readonly string[], history: StreamHistory): Verdict {
  if (expected === 'stream_exists' && history.deleted) return { type: 'deleted' };
  if (history.current === NO_REVISION) return checkNew(expected, history);
  if (expected === 'any' || expected === 'stream_exists') return checkRecentIds(ids, history);
  const revision = expected === 'no_stream' ? NO_REVISION : expected;
  if (revision > history.current) return CONFLICT;
  if (revision == history.current) return WRITE;
  const verdict = checkStoredIds(Number(revision), ids, history);
  const startsOver = expected === 'no_stream' && history.deleted;
  return verdict === CONFLICT && startsOver && !isKnown(ids[0], history) ? WRITE : verdict;
}

/** A stream of which only metadata was ever written exists, for those who ask no more. */
function checkNew(expected: ExpectedRevision, history: StreamHistory): Verdict {
  if (expected === 'stream_exists') return history.hasMetadata() ? WRITE : CONFLICT;
  return expected === 'any' || expected === 'no_stream' ? WRITE : CONFLICT;
}

/** Whether an append that began a stream began with this event. */
const isKnown = (id: string | undefined, history: StreamHistory): boolean => history.idsFrom(0, 1)[0]?.id === id;

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
