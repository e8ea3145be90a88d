import { randomUUID } from 'node:crypto';
import { eventually } from '../support/load.js';
import { belongsTo, EventStoreClient, Refused } from '../support/event-store-client.js';
import type { Expected, Seen } from '../support/event-store-client.js';
import { Follower } from './properties/follower.js';

/** Appends of one connection that are under way at a time, each to a stream of its own. */
const AT_ONCE = 6;
/** Streams that all connections write to, so that they get into each other's way. */
const SHARED_STREAMS = 2;
const MOST_EVENTS = 4;
const HEARD_WITHIN_MS = 30_000;

/** An append, and what its writer knows of it. */
export type Entry = {
  readonly stream: string;
  readonly expected: bigint | 'no_stream';
  readonly ids: readonly string[];
  outcome: 'acknowledged' | 'refused' | 'unknown';
  revision?: bigint;
  position?: bigint;
};

/** Everybody who ever asked the store for something, each in a process of its own, and what they remember. */
export class CrashLoad {
  readonly ledger: Entry[] = [];
  readonly followers: readonly Follower[];
  readonly #run = randomUUID();
  readonly #writers: readonly EventStoreClient[];
  readonly #readers: readonly EventStoreClient[];
  readonly #revisions = new Map<string, bigint>();
  readonly #random: () => number;

  private constructor(given: {
    writers: EventStoreClient[];
    readers: EventStoreClient[];
    after: bigint;
    random: () => number;
  }) {
    this.#writers = given.writers;
    this.#readers = given.readers;
    this.#random = given.random;
    this.followers = [
      new Follower({ kind: 'all' }, given.after),
      new Follower({ kind: 'filtered', prefix: `${this.#run}-shared` }, given.after),
    ];
  }

  /** So many connections that write, and one for each of two subscribers. */
  static async start(port: number, writers: number, after: bigint, random: () => number): Promise<CrashLoad> {
    const start = () => EventStoreClient.start('eventstore', port);
    const clients = await Promise.all(Array.from({ length: writers + 1 }, start));
    const reader = await EventStoreClient.start('kurrent', port);
    return new CrashLoad({ writers: clients.slice(1), readers: [...clients.slice(0, 1), reader], after, random });
  }

  /** How many appends were acknowledged, ever. */
  get acknowledged(): number {
    return this.ledger.filter(({ outcome }) => outcome === 'acknowledged').length;
  }

  async connect(port: number): Promise<void> {
    await Promise.all([...this.#writers, ...this.#readers].map((client) => client.connect(port)));
  }

  /** Writes until the store is gone; resolves when every writer has found that out. */
  async write(): Promise<void> {
    await this.#follow();
    const runs = this.#writers.flatMap((client, writer) =>
      Array.from({ length: AT_ONCE }, (_, lane) => this.#keepWriting(client, `${this.#run}-${writer}-${lane}`)),
    );
    await Promise.all(runs);
  }

  /** Asks again for what was not answered: the same events, expecting the same. Gives how many there were. */
  async repeatUnknown(): Promise<number> {
    const unknown = this.ledger.filter(({ outcome }) => outcome === 'unknown');
    await Promise.all(unknown.map((entry, index) => this.#append(this.#writers[index % this.#writers.length], entry)));
    return unknown.length;
  }

  /** Asks for something that was acknowledged once more, as a writer that missed the answer would. */
  async repeatAcknowledged(count: number): Promise<Entry[]> {
    const known = this.ledger.filter(({ outcome }) => outcome === 'acknowledged').slice(-count);
    const again = known.map((entry): Entry => ({ ...entry, outcome: 'unknown' }));
    await Promise.all(again.map((entry, index) => this.#append(this.#writers[index % this.#writers.length], entry)));
    return known.filter(({ revision, position }, index) => {
      const repeated = again[index];
      return repeated?.outcome !== 'acknowledged' || repeated.revision !== revision || repeated.position !== position;
    });
  }

  /** Lets the subscribers come back and hear all that a log holds for them. */
  async hear(log: readonly Seen[]): Promise<void> {
    await this.#follow();
    for (const { seen, source } of this.followers) {
      const last = log.findLast((event) => belongsTo(source, event));
      const isTold = () => seen.at(-1)?.id === last?.id;
      await eventually('a subscriber hears everything', isTold, HEARD_WITHIN_MS);
    }
  }

  read(from: bigint): Promise<Seen[]> {
    const [reader] = this.#readers;
    return reader?.readAll({ from }) ?? Promise.resolve([]);
  }

  async end(): Promise<void> {
    await Promise.all([...this.#writers, ...this.#readers].map((client) => client.end()));
  }

  async #follow(): Promise<void> {
    for (const [index, follower] of this.followers.entries()) {
      const reader = this.#readers[index];
      if (!reader) continue;
      await follower.close().catch(() => undefined);
      await follower.open(reader);
    }
  }

  async #keepWriting(client: EventStoreClient, own: string): Promise<void> {
    for (;;) {
      const shared = this.#random() < 0.2;
      const stream = shared ? `${this.#run}-shared-${Math.floor(this.#random() * SHARED_STREAMS)}` : own;
      const ids = Array.from({ length: 1 + Math.floor(this.#random() * MOST_EVENTS) }, () => randomUUID());
      const last = this.#revisions.get(stream);
      const entry: Entry = { stream, expected: last ?? 'no_stream', ids, outcome: 'unknown' };
      this.ledger.push(entry);
      await this.#append(client, entry);
      if (entry.outcome === 'unknown') return;
    }
  }

  async #append(client: EventStoreClient | undefined, entry: Entry): Promise<void> {
    const events = entry.ids.map((id) => ({ id, type: 'Happened', data: { id } }));
    try {
      const written = await client?.append(entry.stream, events, entry.expected satisfies Expected);
      if (!written) return;
      Object.assign(entry, written, { outcome: 'acknowledged' });
      this.#learn(entry.stream, written.revision);
    } catch (error) {
      if (!(error instanceof Refused) || error.type !== 'wrong-expected-version') return;
      entry.outcome = 'refused';
      this.#learn(entry.stream, error.current);
    }
  }

  #learn(stream: string, revision: bigint): void {
    const known = this.#revisions.get(stream) ?? -1n;
    if (revision > known) this.#revisions.set(stream, revision);
  }
}
