import { Commit } from './commit.js';
import type { Address, Append, Outcome } from './commit.js';
import { DiskWatch } from './disk-watch.js';
import type { Writing } from './disk-watch.js';
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
  readonly #disk: DiskWatch;
  #queue: Queued[] = [];
  #refusal: string | undefined;

  /** `report` is told when the disk keeps it from writing, and when it no longer does. */
  constructor(log: Log, recent: RecentEvents, report: (line: string) => void = () => undefined) {
    this.#log = log;
    this.#recent = recent;
    this.#disk = new DiskWatch(() => {
      log.recover();
    }, report);
  }

  get state(): Writing {
    return this.#disk.state;
  }

  /** To be called before the first append: what it builds on has to be on disk. */
  open(): void {
    try {
      this.#log.settle();
    } catch (error) {
      this.#disk.suspend(error);
    }
  }

  /** Whether it goes on: not once it is stopping. A disk that takes nothing may be better before long, see {@link state}. */
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
    this.#disk.close();
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
    const refusal = this.#refusal ?? this.#disk.refusal;
    if (refusal !== undefined) return group.map(() => unavailable(refusal));
    try {
      return this.#log.transaction(() => group.map(({ decide }) => decide(commit)));
    } catch (error) {
      commit.written.length = 0;
      this.#recentIds.clear();
      this.#disk.failed(error);
      const reason = this.#disk.refusal ?? errorText(error).message;
      return group.map(() => unavailable(reason));
    }
  }
}

const unavailable = (reason: string): WriteResult => ({ type: 'unavailable', reason });
