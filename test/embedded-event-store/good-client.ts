import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { expect } from '@jest/globals';
import { startEmbeddedEventStore } from '../support/embedded-event-store.js';
import type { EmbeddedEventStore } from '../support/embedded-event-store.js';
import { EventStoreClient } from '../support/event-store-client.js';
import { eventually } from '../support/load.js';

/** Loose, for the machine may be busy; what holds a client up holds it up for good, or until a deadline. */
const DELAYED_AT_MOST_MS = 10_000;

/** A client that means well: it appends one event after another, and is owed an answer to each. */
export class GoodClient {
  readonly stream = `good-${randomUUID()}`;
  appended = 0;
  longestMs = 0;
  readonly #client: EventStoreClient;
  #ended = false;
  readonly #running: Promise<void>;

  private constructor(client: EventStoreClient) {
    this.#client = client;
    this.#running = this.#run();
    this.#running.catch(() => undefined); // told to whoever asks whether it is unharmed, or ends it
  }

  static async start(port: number): Promise<GoodClient> {
    return new GoodClient(await EventStoreClient.start('eventstore', port));
  }

  /** Another append that began after this was called has been answered, and none has taken long. */
  async expectUnharmed(): Promise<void> {
    const before = this.appended;
    const answered = eventually('it is answered', () => this.appended > before + 1, DELAYED_AT_MOST_MS);
    await Promise.race([answered, this.#running]);
    expect(this.longestMs).toBeLessThan(DELAYED_AT_MOST_MS);
  }

  /** Stops; everything it appended is there, in its order. Rejects if an append was refused. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#running;
    const revisions = (await this.#client.readStream(this.stream)).map(({ revision }) => Number(revision));
    expect(revisions).toEqual(Array.from({ length: this.appended }, (_, index) => index));
    await this.#client.end();
  }

  async #run(): Promise<void> {
    while (!this.#ended) {
      const from = performance.now();
      const event = { id: randomUUID(), type: 'Happened', data: {} };
      await this.#client.append(this.stream, [event], this.appended === 0 ? 'no_stream' : BigInt(this.appended - 1));
      this.appended++;
      this.longestMs = Math.max(this.longestMs, performance.now() - from);
    }
  }
}

/** What a process holds in memory, in MiB. */
export const residentMiB = ({ process: { pid } }: EmbeddedEventStore): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;

/** Files and sockets that a process has open. */
export const handlesOf = ({ process: { pid } }: EmbeddedEventStore): number => readdirSync(`/proc/${pid}/fd`).length;

/** A store, and a client that means well; whatever is done to the store, that client must not notice. */
export class StoreUnderAttack {
  readonly complaints: string[] = [];

  private constructor(
    readonly store: EmbeddedEventStore,
    readonly good: GoodClient,
  ) {
    store.process.stderr?.on('data', (text: Buffer) => this.complaints.push(text.toString()));
  }

  static async start(): Promise<StoreUnderAttack> {
    const store = await startEmbeddedEventStore();
    return new StoreUnderAttack(store, await GoodClient.start(store.port));
  }

  get port(): number {
    return this.store.port;
  }

  async end(): Promise<void> {
    await this.good.end();
    expect(await this.store.stop()).toBe(0);
    rmSync(this.store.dir, { recursive: true });
    expect(this.complaints).toEqual([]);
  }
}
