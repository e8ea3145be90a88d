import { Backlog } from './backlog.js';
import type { GroupSource } from './backlog.js';
import { Connection } from './connection.js';
import type { Consumer } from './connection.js';
import type { GroupConfig, GroupSettings } from './group-config.js';
import { InFlight } from './in-flight.js';
import type { Delivery } from './in-flight.js';
import type { Journal } from './journal.js';
import type { Mark, Message } from './message.js';
import { Progress } from './progress.js';
import type { Done } from './progress.js';
import { Replay } from './replay.js';
import { RetryBuffer } from './retry-buffer.js';
import { Throughput } from './statistics.js';
import { strategyOf } from './strategy.js';
import type { Strategy } from './strategy.js';

/** What a consumer wants to become of a message that it could not deal with. */
export type NackAction = 'park' | 'retry' | 'skip';

/**
 * Shares out the events of a source among consumers, so that each event is dealt with once, and again if need be.
 * It keeps no time and waits for nothing: it is told when to go on, and by which clock.
 */
export class Group {
  readonly settings: GroupSettings;
  readonly throughput: Throughput;
  readonly backlog: Backlog;
  readonly retries = new RetryBuffer();
  readonly inFlight = new InFlight();
  readonly replay: Replay;
  readonly progress: Progress;
  readonly #journal: Journal;
  readonly #now: () => number;
  readonly #strategy: Strategy;
  readonly #connections = new Map<Consumer, Connection>();
  /** Messages that are being parked: until that is known to be written they are not done. */
  readonly #parking = new Set<Message>();

  constructor({ settings, startAfter }: GroupConfig, source: GroupSource, journal: Journal, now: () => number) {
    const { checkpoint } = journal;
    this.settings = settings;
    this.throughput = new Throughput(now);
    this.backlog = new Backlog(source, settings, checkpoint ?? startAfter);
    this.replay = new Replay(journal.parked);
    this.progress = new Progress(settings, this.#writeCheckpoint, now, checkpoint);
    this.#journal = journal;
    this.#now = now;
    this.#strategy = strategyOf(settings.strategy);
  }

  get connections(): readonly Connection[] {
    return [...this.#connections.values()];
  }

  connect(consumer: Consumer): void {
    const connection = new Connection(consumer, this.#now);
    this.#connections.set(consumer, connection);
    this.#strategy.add(connection);
  }

  /** What the consumer had is given to others at once. */
  disconnect(consumer: Consumer): void {
    const connection = this.#connections.get(consumer);
    if (!connection) return;
    this.#connections.delete(consumer);
    this.#strategy.remove(connection);
    const left = this.inFlight.takeWhere((delivery) => delivery.connection === connection);
    for (const { message } of left) this.#tryAgain(message);
  }

  ack(consumer: Consumer, ids: readonly string[]): void {
    for (const { message } of this.#answered(consumer, ids)) this.#done(message);
    this.#advance();
  }

  nack(consumer: Consumer, ids: readonly string[], action: NackAction, reason: string): void {
    for (const { message } of this.#answered(consumer, ids)) {
      if (action === 'skip') this.#done(message);
      else if (action === 'retry') this.#retryOrPark(message);
      else this.#park(message, `Client explicitly NAK'ed message.\n${reason}`);
    }
    this.#advance();
  }

  /** Gives out what it can; tells whether to come back at once for more. */
  pump(): boolean {
    const { historyBufferSize, readBatchSize } = this.settings;
    if (this.retries.waiting.length < historyBufferSize) {
      for (const message of this.replay.take(Math.max(readBatchSize, 1))) this.retries.add(message);
    }
    this.backlog.fill();
    if (this.#giveOut(this.retries.waiting)) this.#giveOut(this.backlog.waiting);
    return this.backlog.wantsMore || (this.replay.isRunning && this.retries.waiting.length < historyBufferSize);
  }

  /** To be called once a second or so. */
  tick(): void {
    const latest = this.#now() - this.settings.messageTimeout;
    for (const { message } of this.inFlight.takeWhere(({ sentAt }) => sentAt <= latest)) this.#retryOrPark(message);
    this.progress.tick(this.#mark());
    this.replay.release(this.#firstReplayed());
  }

  /** Writes down how far it has come, before it goes. */
  flush(): void {
    this.progress.write(this.#mark());
  }

  #answered(consumer: Consumer, ids: readonly string[]): Delivery[] {
    const connection = this.#connections.get(consumer);
    if (!connection) return [];
    const deliveries = ids.flatMap((id) => this.inFlight.take(connection, id) ?? []);
    if (this.settings.extraStatistics)
      for (const { sentAt } of deliveries) connection.latencies.add(this.#now() - sentAt);
    return deliveries;
  }

  /** Returns false if the first that is left keeps all others waiting. */
  #giveOut(queue: Message[]): boolean {
    for (let next = 0; next < queue.length;) {
      const message = queue[next];
      const connection = message && this.#strategy.choose(message);
      if (!connection) {
        if (!this.#strategy.passesOver) return false;
        next += 1;
        continue;
      }
      queue.splice(next, 1);
      this.inFlight.add({ message, connection, sentAt: this.#now() });
      this.throughput.add();
      connection.throughput.add();
      connection.consumer.send(message);
    }
    return true;
  }

  #retryOrPark(message: Message): void {
    const { maxRetryCount } = this.settings;
    if (message.retries < maxRetryCount) this.#tryAgain(message);
    else this.#park(message, `Reached retry count of ${maxRetryCount}`);
  }

  #tryAgain(message: Message): void {
    this.retries.add({ ...message, retries: message.retries + 1 });
  }

  #park(message: Message, reason: string): void {
    this.#parking.add(message);
    this.#journal.park(message, reason, (written) => {
      this.#parking.delete(message);
      if (!written) this.retries.add(message);
      else this.#done(message);
      this.#advance();
    });
  }

  #done({ parkedAt }: Message): void {
    if (parkedAt !== undefined && this.#firstReplayed() === undefined) this.replay.release();
  }

  /** Looks for the mark only where it can be far enough to be written. */
  #advance(): void {
    if (this.progress.isDueBy(this.backlog.last)) this.progress.advance(this.#mark());
  }

  /** While one is being written others become due. */
  readonly #writeCheckpoint = (place: number, done: Done): void => {
    this.#journal.writeCheckpoint(place, (written) => {
      done(written);
      if (written) this.#advance();
    });
  };

  /** How far everything is done. */
  #mark(): Mark {
    const waiting = [...this.#outstanding(), ...this.backlog.waiting.slice(0, 1)].flatMap(({ before }) => before ?? []);
    return waiting.reduce((lowest, mark) => (mark.sequence < lowest.sequence ? mark : lowest), this.backlog.last);
  }

  #firstReplayed(): number | undefined {
    const numbers = this.#outstanding().flatMap(({ parkedAt }) => parkedAt ?? []);
    return numbers.length > 0 ? numbers.reduce((first, number) => Math.min(first, number)) : undefined;
  }

  #outstanding(): Message[] {
    return [...this.inFlight.messages(), ...this.retries.waiting, ...this.#parking];
  }
}
