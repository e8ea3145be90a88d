import type { Delivery } from '../../src/event-sourcing/event-store.js';
import type { Fact, Position, Recorded } from '../../src/event-sourcing/fact.js';
import type { Projection } from '../../src/event-sourcing/projection.js';
import { MemoryEventStore } from './memory-event-store.js';

export type Named = Fact<'Named', { key: string; name: string }>;

/** Who was named what, and how often. */
export type NamedRow = Readonly<{ name: string; times: number; odd: boolean; note: string | null }>;
export const view = (name: string): Projection<Named, NamedRow> => ({
  name,
  columns: { name: 'text', times: 'integer', odd: 'boolean', note: 'text?' },
  indexes: [['name']],
  key: ({ data }) => data.key,
  on: {
    Named: ({ data }, row) => {
      if (data.name === 'impossible') throw new RangeError('no such name');
      const times = (row?.times ?? 0) + 1;
      return { name: data.name, times, odd: times % 2 === 1, note: row ? row.name : null };
    },
  },
});
export const named = (key: string, name: string): Named => ({ type: 'Named', data: { key, name } });

/** Delivers what it is told to, and notes from where it was asked. */
export class Script extends MemoryEventStore {
  readonly asked: (Position | undefined)[] = [];
  /** Where it says that it ends; past everything unless it is to be shorter. */
  end: Position | undefined = 1_000_000n;
  private deliveries: (Delivery | Error)[] = [];
  private wake: () => void = () => undefined;

  deliver(...deliveries: (Delivery | Error)[]): void {
    this.deliveries.push(...deliveries);
    this.wake();
  }

  override head(): Promise<Position | undefined> {
    return Promise.resolve(this.end);
  }

  override async *subscribe(
    _streams?: unknown,
    after?: Position,
    signal?: AbortSignal,
  ): AsyncGenerator<Delivery, void> {
    this.asked.push(after);
    signal?.addEventListener('abort', () => {
      this.wake();
    });
    while (signal?.aborted !== true) {
      const next = this.deliveries.shift();
      if (next instanceof Error) throw next;
      if (next) yield next;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

export const batch = (events: readonly Recorded[], caughtUp = true): Delivery => ({
  events,
  position: events.at(-1)?.position,
  caughtUp,
});
