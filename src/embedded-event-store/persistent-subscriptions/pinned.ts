import { crc32 } from 'node:zlib';
import type { Connection } from './connection.js';
import { subjectOf } from './message.js';
import type { Message } from './message.js';
import type { Strategy } from './strategy.js';

const BUCKETS = 1_024;

/** What messages have in common that go to the same consumer. */
type PinKey = (message: Message) => string;

/** For a link, the stream it leads to. */
export const byStream: PinKey = (message) => subjectOf(message).stream;

export const byCorrelation: PinKey = (message) => correlationId(subjectOf(message).metadata) ?? byStream(message);

function correlationId(metadata: Uint8Array): string | undefined {
  try {
    const { $correlationId: id } = Object(JSON.parse(Buffer.from(metadata).toString())) as { $correlationId?: unknown };
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

/** Messages of one key go to one consumer for as long as it is there, and so stay in their order. */
export class Pinned implements Strategy {
  readonly passesOver = true;
  readonly #key: PinKey;
  /** How many buckets each consumer has. */
  readonly #loads = new Map<Connection, number>();
  readonly #owners: (Connection | undefined)[] = Array.from({ length: BUCKETS });

  constructor(key: PinKey) {
    this.#key = key;
  }

  /** The others give up what is more than their share; it falls to whoever has least when it is asked for again. */
  add(connection: Connection): void {
    this.#loads.set(connection, 0);
    const assigned = this.#owners.filter((owner) => owner !== undefined).length;
    const share = Math.ceil(assigned / this.#loads.size);
    for (const [bucket, owner] of this.#owners.entries()) {
      if (owner && this.#loadOf(owner) > share) this.#release(bucket, owner);
    }
  }

  remove(connection: Connection): void {
    this.#loads.delete(connection);
    for (const [bucket, owner] of this.#owners.entries()) if (owner === connection) this.#owners[bucket] = undefined;
  }

  choose(message: Message): Connection | undefined {
    const bucket = crc32(this.#key(message)) % BUCKETS;
    const owner = this.#owners[bucket] ?? this.#assign(bucket);
    return owner?.hasRoom ? owner : undefined;
  }

  #assign(bucket: number): Connection | undefined {
    const [least] = [...this.#loads].reduce<[Connection?, number?]>(
      (best, [connection, load]) => (load < (best[1] ?? Infinity) ? [connection, load] : best),
      [],
    );
    if (!least) return undefined;
    this.#owners[bucket] = least;
    this.#loads.set(least, this.#loadOf(least) + 1);
    return least;
  }

  #release(bucket: number, owner: Connection): void {
    this.#owners[bucket] = undefined;
    this.#loads.set(owner, this.#loadOf(owner) - 1);
  }

  #loadOf(connection: Connection): number {
    return this.#loads.get(connection) ?? 0;
  }
}
