import type { Appended, EventStore, NewEvent } from '../event-sourcing/event-store.js';
import type { Revision } from '../event-sourcing/fact.js';
import { EventStoreAround } from './event-store-around.js';
import type { Span, Traces } from './traces.js';

/**
 * The event store, with a span for each append: one for each command in it, for commands that share an append belong to
 * traces of their own. Events then name that span, so that whoever reads them goes on from it. Only where traces are wanted.
 */
export class TracedEventStore extends EventStoreAround {
  constructor(
    store: EventStore,
    private readonly traces: Traces,
  ) {
    super(store);
  }

  override async append(stream: string, expected: Revision, events: readonly NewEvent[]): Promise<Appended> {
    const spans = this.begin(stream, events);
    if (spans.size === 0) return this.store.append(stream, expected, events);
    const end = (outcome: string, revision: object, failed: boolean): void => {
      for (const span of spans.values()) span.end({ 'user_ledger.outcome': outcome, ...revision }, failed);
    };
    try {
      const appended = await this.store.append(
        stream,
        expected,
        events.map((event) => named(event, spans)),
      );
      end('stored', { 'user_ledger.revision': Number(appended.revision) }, false);
      return appended;
    } catch (error) {
      const { code = 'failed' } = error as { code?: string };
      end(code, {}, code !== 'wrong-expected-revision');
      throw error;
    }
  }

  /** Spans by the `traceparent` of the commands they are part of. */
  private begin(stream: string, events: readonly NewEvent[]): Map<string, Span> {
    const category = stream.split('-', 1)[0] ?? '';
    const spans = new Map<string, Span>();
    const attributes = { 'user_ledger.stream_category': category, 'user_ledger.events': events.length };
    for (const { meta } of events) {
      if (meta.traceparent === undefined || spans.has(meta.traceparent)) continue;
      const span = this.traces.begin(`append ${category}`, 'producer', meta.traceparent, attributes);
      if (span) spans.set(meta.traceparent, span);
    }
    return spans;
  }
}

function named(event: NewEvent, spans: ReadonlyMap<string, Span>): NewEvent {
  const span = spans.get(event.meta.traceparent ?? '');
  return span ? { ...event, meta: { ...event.meta, traceparent: span.traceparent } } : event;
}
