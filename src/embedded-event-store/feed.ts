import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { toCallError } from './errors.js';
import type { StoredEvent } from './event.js';
import { Outlet } from './outlet.js';

/** A read call; its answers are encoded already. */
export type ReadCall = ServerWritableStream<ReadReq, Buffer>;

/** What a feed asks of the one that owns it. */
export type FeedOwner = {
  /** The next events, or none for now. */
  nextPage(): readonly StoredEvent[];
  /** Writes what an event means to the reader, which may be nothing. */
  deliver(event: StoredEvent): void;
  /** There is no next page at this moment. */
  onExhausted(): void;
};

/** Moves events from storage to a reader at the reader's pace, holding no more than a page at a time. */
export class Feed {
  readonly #call: ReadCall;
  readonly #owner: FeedOwner;
  readonly #outlet: Outlet;
  #page: readonly StoredEvent[] = [];
  #next = 0;
  #closed = false;
  #resting = false;

  constructor(call: ReadCall, owner: FeedOwner) {
    this.#call = call;
    this.#owner = owner;
    this.#outlet = new Outlet(call, () => {
      this.pump();
    });
    for (const end of ['cancelled', 'close', 'error']) call.on(end, () => (this.#closed = true));
  }

  write(message: Buffer): void {
    this.#outlet.write(message);
  }

  /** Delivers as much as the reader takes now; the rest follows by itself. */
  pump(): void {
    if (this.#resting || this.#closed) return;
    try {
      this.#deliverPage();
    } catch (error) {
      this.#call.emit('error', toCallError(error));
    }
  }

  #deliverPage(): void {
    if (this.#next === this.#page.length) this.#turnPage();
    while (this.#next < this.#page.length) {
      if (this.#outlet.isFull) return;
      const event = this.#page[this.#next++];
      if (event) this.#owner.deliver(event);
    }
    if (this.#page.length === 0) this.#owner.onExhausted();
    else this.#rest();
  }

  #turnPage(): void {
    this.#page = this.#owner.nextPage();
    this.#next = 0;
  }

  /** Lets other calls have their turn between two pages. */
  #rest(): void {
    this.#resting = true;
    setImmediate(() => {
      this.#resting = false;
      this.pump();
    });
  }
}
