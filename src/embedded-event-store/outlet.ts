/** The part of a call that an outlet writes to. */
type WritableCall = { write(message: Buffer, onSent: () => void): unknown };

const MOST_BYTES = 262_144;
const MOST_MESSAGES = 512;

/**
 * Writes to a call and knows when enough is under way. The call's own measure is sixteen messages, which for small
 * events would mean a pause every few kilobytes and for large ones tens of megabytes in memory.
 */
export class Outlet {
  readonly #call: WritableCall;
  readonly #onRoom: () => void;
  #bytes = 0;
  #messages = 0;
  #wasFull = false;

  constructor(call: WritableCall, onRoom: () => void) {
    this.#call = call;
    this.#onRoom = onRoom;
  }

  /** Whether to wait for the callback before writing more. */
  get isFull(): boolean {
    this.#wasFull ||= this.#bytes >= MOST_BYTES || this.#messages >= MOST_MESSAGES;
    return this.#wasFull;
  }

  write(message: Buffer): void {
    const { byteLength } = message;
    this.#bytes += byteLength;
    this.#messages += 1;
    this.#call.write(message, () => {
      this.#sent(byteLength);
    });
  }

  /** Goes on at half the measure, not at every message below it. */
  #sent(bytes: number): void {
    this.#bytes -= bytes;
    this.#messages -= 1;
    if (!this.#wasFull || this.#bytes > MOST_BYTES / 2 || this.#messages > MOST_MESSAGES / 2) return;
    this.#wasFull = false;
    this.#onRoom();
  }
}
