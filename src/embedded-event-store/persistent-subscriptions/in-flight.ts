import type { Connection } from './connection.js';
import { originalOf } from './message.js';
import type { Message } from './message.js';

/** A message in the hands of a consumer. */
export type Delivery = { readonly message: Message; readonly connection: Connection; readonly sentAt: number };

/** The messages that consumers have and have not answered, by the id they will name. */
export class InFlight {
  readonly #deliveries = new Map<string, Delivery>();

  get size(): number {
    return this.#deliveries.size;
  }

  messages(): Message[] {
    return Array.from(this.#deliveries.values(), ({ message }) => message);
  }

  /** A second message of the same id cannot be told from the first, so nobody waits for an answer to it. */
  add(delivery: Delivery): void {
    const id = originalOf(delivery.message).id;
    if (this.#deliveries.has(id)) return;
    this.#deliveries.set(id, delivery);
    delivery.connection.inFlight += 1;
  }

  /** Takes a message back; undefined if this consumer does not have it, any more or at all. */
  take(connection: Connection, id: string): Delivery | undefined {
    const delivery = this.#deliveries.get(id);
    if (delivery?.connection !== connection) return undefined;
    this.#remove(delivery);
    return delivery;
  }

  /** Takes back all that a condition holds for. */
  takeWhere(condition: (delivery: Delivery) => boolean): Delivery[] {
    const taken = [...this.#deliveries.values()].filter(condition);
    for (const delivery of taken) this.#remove(delivery);
    return taken;
  }

  #remove(delivery: Delivery): void {
    this.#deliveries.delete(originalOf(delivery.message).id);
    delivery.connection.inFlight -= 1;
  }
}
