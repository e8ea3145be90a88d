import type { ServerResponse } from 'node:http';

/** What may still wait for a client in this process when there is more for it; the operating system holds some, too. */
const MOST_WAITING_BYTES = 256 * 1024;
/** A client that takes nothing for so long has gone, or might as well have. */
const PATIENCE_MS = 30_000;

/** One client of the feed: an answer that goes on (server-sent events, WHATWG HTML §9.2). */
export class EventStream {
  constructor(private readonly response: ServerResponse) {
    // A client that goes while something is written to it is no fault; `close` follows.
    response.on('error', () => undefined);
  }

  get open(): boolean {
    return !this.response.destroyed && !this.response.writableEnded;
  }

  /** Sends at the client's pace; false once the client is gone. */
  async send(frames: string): Promise<boolean> {
    if (!this.open) return false;
    if (frames === '' || this.response.write(frames)) return true;
    await this.room();
    return this.open;
  }

  /**
   * Sends at once. False for a client that has taken so little of what it was sent before that it is dropped: it comes
   * back, and reads on from history. How much is sent now says nothing about the client.
   */
  push(frames: string): boolean {
    if (!this.open) return true;
    if (this.response.writableLength > MOST_WAITING_BYTES) {
      this.drop();
      return false;
    }
    this.response.write(frames);
    return true;
  }

  /** Ends it well: the client gets all that was sent, if it takes it. */
  end(): void {
    if (!this.open) return;
    const timer = setTimeout(() => {
      this.drop();
    }, PATIENCE_MS);
    this.response.on('close', () => {
      clearTimeout(timer);
    });
    this.response.end();
  }

  /** Resolves once the client has taken what waited, or is gone. */
  private room(): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.response.off('drain', settle).off('close', settle);
        resolve();
      };
      const timer = setTimeout(() => {
        this.drop();
      }, PATIENCE_MS);
      this.response.on('drain', settle).on('close', settle);
    });
  }

  private drop(): void {
    this.response.destroy();
  }
}
