import type { Position, Recorded } from '../../event-sourcing/fact.js';

/** Events up to a position, which none of them need have. */
export type Stretch = Readonly<{ events: readonly Recorded[]; position: Position }>;

/** What was delivered, and is not told yet. */
export class Gathered {
  private events: Recorded[] = [];
  private position: Position | undefined;

  get size(): number {
    return this.events.length;
  }

  add(events: readonly Recorded[], position: Position | undefined): void {
    this.events.push(...events);
    if (position !== undefined) this.position = position;
  }

  /** All of it, which is let go of; undefined where there is not even word of a position. */
  take(): Stretch | undefined {
    const { events, position } = this;
    this.events = [];
    this.position = undefined;
    return position === undefined ? undefined : { events, position };
  }
}
