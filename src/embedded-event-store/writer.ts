import { checkCommit } from './check-commit.js';
import type { StreamHistory } from './check-commit.js';
import { errorText } from './error-text.js';
import type { ProposedEvent, StoredEvent } from './event.js';
import type { ExpectedRevision } from './expected-revision.js';
import type { Log } from './log.js';
import type { RecentEvents } from './recent-events.js';
import { RecentIds } from './recent-ids.js';

/** Events for one stream that are written together or not at all. */
export type Append = {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly ProposedEvent[];
};

export type AppendResult =
  /** Revision and position of the last event; NO_REVISION and 0 where there is none. */
  | { readonly type: 'appended'; readonly revision: number; readonly position: number }
  | { readonly type: 'conflict'; readonly current: number }
  /** Not known to be durable: the writer has to ask again. */
  | { readonly type: 'unavailable'; readonly reason: string };

type Queued = { readonly append: Append; readonly answer: (result: AppendResult) => void };

/** Bounds how long one commit keeps everything else waiting. */
const GROUP_SIZE = 256;

/** The only writer of the log: appends that arrive together share one transaction, hence one wait for the disk. */
export class Writer {
  readonly #log: Log;
  readonly #recent: RecentEvents;
  readonly #recentIds = new RecentIds();
  #queue: Queued[] = [];
  #refusal: string | undefined;

  constructor(log: Log, recent: RecentEvents) {
    this.#log = log;
    this.#recent = recent;
  }

  /** Answers after the commit, so never within this call. */
  append(append: Append, answer: (result: AppendResult) => void): void {
    if (this.#queue.push({ append, answer }) === 1) this.#commitSoon(1);
  }

  /** Commits everything that waits and refuses what comes later. */
  close(): void {
    while (this.#queue.length > 0) this.#commit();
    this.#refusal = 'the event store is stopping';
  }

  /** As long as every turn of the loop brings more appends, one commit for all of them is worth the wait. */
  #commitSoon(waiting: number): void {
    setImmediate(() => {
      const { length } = this.#queue;
      if (length > waiting && length < GROUP_SIZE) {
        this.#commitSoon(length);
        return;
      }
      this.#commit();
      if (this.#queue.length > 0) this.#commitSoon(this.#queue.length);
    });
  }

  #commit(): void {
    const group = this.#queue.slice(0, GROUP_SIZE);
    this.#queue = this.#queue.slice(GROUP_SIZE);
    const written: StoredEvent[] = [];
    const results = this.#write(group, written);
    for (const [index, { answer }] of group.entries()) answer(results[index] ?? unavailable('no result'));
    this.#recent.publish(written);
  }

  #write(group: readonly Queued[], written: StoredEvent[]): AppendResult[] {
    if (this.#refusal !== undefined) return group.map(() => unavailable(this.#refusal ?? ''));
    try {
      return this.#log.transaction(() => group.map(({ append }) => this.#decide(append, written)));
    } catch (error) {
      written.length = 0;
      this.#recentIds.clear();
      if (failedToSync(error)) this.#refusal = 'a write did not reach the disk; restart the event store';
      return group.map(() => unavailable(errorText(error).message));
    }
  }

  #decide({ stream, expected, events }: Append, written: StoredEvent[]): AppendResult {
    const current = this.#log.lastRevision(stream);
    const history: StreamHistory = {
      stream,
      current,
      recent: (id) => this.#recentIds.find(id),
      idsFrom: (revision, count) => this.#log.idsFrom(stream, revision, count),
    };
    const ids = events.map(({ id }) => id);
    const verdict = checkCommit(expected, ids, history);
    if (verdict.type === 'conflict') return { type: 'conflict', current };
    if (verdict.type === 'repeat') return { ...verdict, type: 'appended' };
    const created = Date.now();
    let revision = current;
    for (const event of events) {
      const stored = this.#log.insert(event, stream, ++revision, created);
      this.#recentIds.remember(stored);
      written.push(stored);
    }
    return { type: 'appended', revision, position: this.#log.lastPosition };
  }
}

const unavailable = (reason: string): AppendResult => ({ type: 'unavailable', reason });

/** After a failed fsync the system may report success for pages it has thrown away: nothing may be acknowledged then. */
const failedToSync = (error: unknown): boolean => errorText(error).code.startsWith('SQLITE_IOERR_FSYNC');
