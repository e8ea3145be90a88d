import { WrongExpectedRevision } from '../../src/event-sourcing/errors.js';
import { type Appended, type Delivery, EventStore, type NewEvent } from '../../src/event-sourcing/event-store.js';
import { NO_STREAM, type Position, type Recorded, type Revision } from '../../src/event-sourcing/fact.js';

/**
 * A log in memory. What a test hands to `meanwhile` happens just before the next append, as another writer's doing, and
 * the append after that fails where `failWith` is set.
 */
export class MemoryEventStore extends EventStore {
  readonly log: Recorded[] = [];
  reads = 0;
  appends = 0;
  meanwhile: (() => void) | undefined;
  failWith: Error | undefined;

  override append(stream: string, expected: Revision, events: readonly NewEvent[]): Promise<Appended> {
    this.appends++;
    const failure = this.failWith;
    this.failWith = undefined;
    if (failure) return Promise.reject(failure);
    const { meanwhile } = this;
    this.meanwhile = undefined;
    meanwhile?.();
    const revision = this.revisionOf(stream);
    if (revision !== expected) return Promise.reject(new WrongExpectedRevision(stream, expected, revision));
    for (const event of events) this.put(stream, event);
    return Promise.resolve({ revision: this.revisionOf(stream), position: BigInt(this.log.length) });
  }

  /** Another writer's event. */
  put(stream: string, event: NewEvent): void {
    const revision = this.revisionOf(stream) + 1n;
    this.log.push({ ...event, stream, revision, position: BigInt(this.log.length + 1) });
  }

  override async *read(stream: string, from: Revision): AsyncGenerator<Recorded, void> {
    this.reads++;
    await Promise.resolve();
    for (const event of this.log) if (event.stream === stream && event.revision >= from) yield event;
  }

  override subscribe(): AsyncIterable<Delivery> {
    throw new Error('nothing here subscribes');
  }

  override head(): Promise<Position | undefined> {
    return Promise.resolve(this.log.at(-1)?.position);
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  private revisionOf(stream: string): Revision {
    return this.log.findLast((event) => event.stream === stream)?.revision ?? NO_STREAM;
  }
}
