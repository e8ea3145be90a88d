import type { EventStoreClient, RunningSubscription, Seen, Source, Told } from '../../support/event-store-client.js';

type From = bigint | 'start' | 'end';

/** A subscriber that notes all it is told, and goes on from there when it has to come back. */
export class Follower {
  readonly seen: Seen[] = [];
  readonly faults: string[] = [];
  readonly source: Source;
  readonly from: From;
  /** How much it had seen whenever it was told that it had come to the end of history. */
  readonly caughtUpAfter: number[] = [];
  /** Until it is closed. */
  isOpen = true;
  #subscription: RunningSubscription | undefined;

  constructor(source: Source, from: From) {
    this.source = source;
    this.from = from;
  }

  /** Subscribes after the last event seen. */
  async open(client: EventStoreClient, onCaughtUp: () => void = () => undefined): Promise<void> {
    const last = this.seen.at(-1);
    const after = last && (this.source.kind === 'stream' ? last.revision : last.position);
    const listen = (told: Told) => {
      if ('event' in told) this.seen.push(told.event);
      if ('fault' in told) this.faults.push(told.fault);
      if (!('caughtUp' in told)) return;
      this.caughtUpAfter.push(this.seen.length);
      onCaughtUp();
    };
    this.#subscription = await client.subscribe(this.source, after ?? this.from, listen);
  }

  async pause(): Promise<void> {
    await this.#subscription?.pause();
  }

  async resume(): Promise<void> {
    await this.#subscription?.resume();
  }

  async close(): Promise<void> {
    this.isOpen = false;
    await this.#subscription?.end();
  }
}

export const placesOf = (events: readonly Pick<Seen, 'stream' | 'revision' | 'id'>[]): string[] =>
  events.map(({ stream, revision, id }) => `${revision}@${stream} ${id}`);
