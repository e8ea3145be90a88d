import type { EventEmitter } from 'node:events';
import { unavailable } from './errors.js';

/** The calls that end only when one side goes away. */
export class LiveCalls {
  readonly #calls = new Set<EventEmitter>();

  add(call: EventEmitter): void {
    this.#calls.add(call);
    for (const end of ['cancelled', 'close', 'error']) call.on(end, () => this.#calls.delete(call));
  }

  /** Ends them with a status that makes clients come back: one ended well looks to a client as if nothing more came. */
  endAll(): void {
    for (const call of this.#calls) call.emit('error', unavailable('the event store is stopping'));
  }
}
