import { Commit } from './commit.js';
import type { Address, Append, Outcome } from './commit.js';
import { errorText } from './error-text.js';
import type { Log } from './log.js';
import type { RecentEvents } from './recent-events.js';
import { RecentIds } from './recent-ids.js';

export type WriteResult =
  | Outcome
  /** Not known to be durable: the writer has to ask again. */
  | { readonly type: 'unavailable'; readonly reason: string };

type Answer = (result: WriteResult) => void;
type Queued = { readonly decide: (commit: Commit) => Outcome; readonly answer: Answer };

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

  /** Whether it takes appends: not once it is stopping, nor after a write that did not reach the disk. */
  get isOpen(): boolean {
    return this.#refusal === undefined;
  }

  /** Answers after the commit, so never within this call. */
  append(append: Append, answer: Answer): void {
    this.#enqueue({ decide: (commit) => commit.append(append), answer });
  }

  /** Like an append: answers after the commit. */
  delete(address: Address, answer: Answer): void {
    this.#enqueue({ decide: (commit) => commit.delete(address), answer });
  }

  /** Commits everything that waits and refuses what comes later. */
  close(): void {
    while (this.#queue.length > 0) this.#commit();
    this.#refusal = 'the event store is stopping';
  }

  /** The same for closing a stream for good. */
  closeStream(address: Address, answer: Answer): void {
    this.#enqueue({ decide: (commit) => commit.close(address), answer });
  }

  #enqueue(queued: Queued): void {
    if (this.#queue.push(queued) === 1) this.#commitSoon(1);
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
    const commit = new Commit(this.#log, this.#recentIds);
    const results = this.#write(group, commit);
    for (const [index, { answer }] of group.entries()) answer(results[index] ?? unavailable('no result'));
    this.#recent.publish(commit.written);
  }

  #write(group: readonly Queued[], commit: Commit): WriteResult[] {
    if (this.#refusal !== undefined) return group.map(() => unavailable(this.#refusal ?? ''));
    try {
      return this.#log.transaction(() => group.map(({ decide }) => decide(commit)));
    } catch (error) {
      commit.written.length = 0;
      this.#recentIds.clear();
      if (failedToSync(error)) this.#refusal = 'a write did not reach the disk; restart the event store';
      return group.map(() => unavailable(errorText(error).message));
    }
  }
}

const unavailable = (reason: string): WriteResult => ({ type: 'unavailable', reason });

/** After a failed fsync the system may report success for pages it has thrown away: nothing may be acknowledged then. */
const failedToSync = (error: unknown): boolean => errorText(error).code.startsWith('SQLITE_IOERR_FSYNC');
