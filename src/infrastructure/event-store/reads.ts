import { BACKWARDS, END, type EventStoreDBClient, FORWARDS, START, StreamNotFoundError } from '@eventstore/db-client';
import { EventStoreUnavailable, UnreadableEvent } from '../../event-sourcing/errors.js';
import type { Position, Revision } from '../../event-sourcing/fact.js';
import type { StoredEvent } from './decode.js';
import { guardTransform } from './guard-transform.js';
import { Pull } from './pull.js';
import type { ReadConnection } from './read-connection.js';
import type { Limits, Timings } from './settings.js';
import { Turns } from './turns.js';

type Source = ReturnType<EventStoreDBClient['readAll'] | EventStoreDBClient['readStream']>;
type Resolved = Readonly<{ event?: StoredEvent }> | UnreadableEvent;

/** Finite reads, each with a bound on silence: the client opens them without any deadline. */
export class Reads {
  private readonly turns: Turns;
  private readonly running = new Set<Pull<Resolved>>();

  constructor(
    private readonly connection: ReadConnection,
    private readonly timings: Timings,
    limits: Limits,
  ) {
    this.turns = new Turns(limits.readsInFlight);
  }

  /** A stream's events as stored, oldest first; none where there is no such stream. */
  stream(name: string, from: Revision, maxCount = Number.MAX_SAFE_INTEGER): AsyncGenerator<StoredEvent, void> {
    const fromRevision = from < 0n ? 0n : from;
    // From the leader, for a follower may not know yet what an append was refused for.
    const options = { direction: FORWARDS, fromRevision, maxCount, requiresLeader: true } as const;
    return this.events((client) => client.readStream(name, options), this.timings.readGap);
  }

  /** The number of a stream's last event, a link where it holds links; undefined where there is no such stream. */
  async last(name: string): Promise<Revision | undefined> {
    const options = { direction: BACKWARDS, fromRevision: END, maxCount: 1, requiresLeader: true } as const;
    for await (const { revision } of this.events((client) => client.readStream(name, options), this.timings.head))
      return revision;
    return undefined;
  }

  /** The log as stored, newest first. */
  newest(maxCount: number): AsyncGenerator<StoredEvent, void> {
    const options = { direction: BACKWARDS, fromPosition: END, maxCount, requiresLeader: true } as const;
    return this.events((client) => client.readAll(options), this.timings.head);
  }

  /** The log as stored, oldest first, beginning with what stands at a position. */
  from(position: Position | undefined, maxCount: number): AsyncGenerator<StoredEvent, void> {
    const fromPosition = position === undefined ? START : { commit: position, prepare: position };
    const options = { direction: FORWARDS, fromPosition, maxCount, requiresLeader: true } as const;
    return this.events((client) => client.readAll(options), this.timings.head);
  }

  close(): void {
    for (const pull of this.running) pull.stop();
  }

  private async *events(open: (client: EventStoreDBClient) => Source, gap: number): AsyncGenerator<StoredEvent, void> {
    if (!(await this.turns.take(gap))) throw new EventStoreUnavailable('too many reads are under way');
    const client = this.connection.client;
    const source = guardTransform(open(client));
    const pull = new Pull<Resolved>(source, () => source.cancel());
    this.running.add(pull);
    try {
      for (;;) {
        const resolved = pull.take();
        if (resolved === undefined) {
          if (await this.ended(pull, gap, client)) return;
        } else if (resolved instanceof UnreadableEvent) throw resolved;
        else if (resolved.event) yield resolved.event;
      }
    } finally {
      this.running.delete(pull);
      pull.stop();
      this.turns.giveBack();
    }
  }

  private async ended(pull: Pull<Resolved>, gap: number, client: EventStoreDBClient): Promise<boolean> {
    const arrival = await pull.arrival(gap).catch((error: unknown) => {
      if (error instanceof StreamNotFoundError) return 'end';
      throw new EventStoreUnavailable('the event store could not be read', { cause: error });
    });
    if (arrival === 'stopped') throw new EventStoreUnavailable('the event store connection is closed');
    if (arrival === 'silence') {
      this.connection.renew(client);
      throw new EventStoreUnavailable('the event store fell silent during a read');
    }
    return arrival === 'end';
  }
}
