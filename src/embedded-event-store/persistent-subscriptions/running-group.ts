import { toCallError } from '../errors.js';
import type { CallError } from '../errors.js';
import type { RecentEvents } from '../recent-events.js';
import type { VisibleLog } from '../visible-log.js';
import type { Writer } from '../writer.js';
import type { Consumer } from './connection.js';
import { Group } from './group.js';
import type { GroupConfig } from './group-config.js';
import { maximumReached } from './group-errors.js';
import { openSource } from './group-source.js';
import type { Journal } from './journal.js';
import type { Done } from './progress.js';
import { StoredJournal } from './stored-journal.js';

/** What groups live on. */
export type GroupStore = { readonly log: VisibleLog; readonly recent: RecentEvents; readonly writer: Writer };

/** A consumer at the other end of a call. */
export type RemoteConsumer = Consumer & { drop(error: CallError): void };

/** A group at work: gives it its turns, and lets its consumers know when it cannot go on. */
export class RunningGroup {
  readonly config: GroupConfig;
  readonly group: Group;
  readonly #consumers = new Set<RemoteConsumer>();
  #isAwake = false;
  #isStopped = false;

  constructor(config: GroupConfig, { log, recent, writer }: GroupStore, now: () => number) {
    const journal = new StoredJournal(config, log, writer);
    const source = openSource(config, log, recent, journal.checkpoint ?? config.startAfter);
    this.config = config;
    this.group = new Group(config, source, this.#wakingAfter(journal), now);
    this.wake();
  }

  get consumers(): readonly RemoteConsumer[] {
    return [...this.#consumers];
  }

  connect(consumer: RemoteConsumer): void {
    const { maxSubscriberCount } = this.config.settings;
    if (maxSubscriberCount > 0 && this.#consumers.size >= maxSubscriberCount) throw maximumReached(this.config);
    this.#consumers.add(consumer);
    this.group.connect(consumer);
    this.wake();
  }

  disconnect(consumer: RemoteConsumer): void {
    if (!this.#consumers.delete(consumer)) return;
    this.group.disconnect(consumer);
    this.wake();
  }

  /** Goes on in a turn of its own; asked for more than once, it takes one. */
  wake(): void {
    if (this.#isAwake || this.#isStopped) return;
    this.#isAwake = true;
    setImmediate(() => {
      this.#isAwake = false;
      if (this.#isStopped) return;
      this.#attempt(() => {
        if (this.group.pump()) this.wake();
      });
    });
  }

  tick(): void {
    this.#attempt(() => {
      this.group.tick();
    });
    this.wake();
  }

  /** Ends it for its consumers, who learn why. */
  stop(reason: CallError): void {
    this.#isStopped = true;
    this.#drop(reason);
  }

  /** A log that cannot be read is told to whoever is there, or comes later. */
  #attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#drop(toCallError(error));
    }
  }

  #drop(reason: CallError): void {
    for (const consumer of this.consumers) {
      this.#consumers.delete(consumer);
      this.group.disconnect(consumer);
      consumer.drop(reason);
    }
  }

  /** A write that comes to its end may be what the group waits for. */
  #wakingAfter(journal: Journal): Journal {
    const waking =
      (done: Done): Done =>
      (written) => {
        done(written);
        this.wake();
      };
    return {
      checkpoint: journal.checkpoint,
      parked: journal.parked,
      writeCheckpoint: (place, done) => {
        journal.writeCheckpoint(place, waking(done));
      },
      park: (message, reason, done) => {
        journal.park(message, reason, waking(done));
      },
    };
  }
}
