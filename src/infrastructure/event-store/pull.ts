/** What this needs of the client's streams; their own types disagree with Node's. */
type Source = {
  read: () => unknown;
  readonly readableLength: number;
  on(event: 'readable' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  destroy: () => unknown;
};

/** What came of waiting. An error of the source is thrown instead. */
export type Arrival = 'something' | 'end' | 'silence' | 'stopped';

/**
 * One of the client's streams, taken from by hand: so that there is a bound on silence, an end is told from a stop of
 * ours, and never is there an `error` without a listener, which would end the process. Handlers of `data` would be worse
 * yet: the next one starts while the last still awaits something, and they finish in any order.
 */
export class Pull<T> {
  private held: T | undefined;
  private error: Error | undefined;
  private outcome: 'end' | 'stopped' | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly source: Source,
    private readonly cancel: () => Promise<void>,
  ) {
    source.on('readable', () => this.wake?.());
    source.on('error', (error) => {
      this.error ??= error;
      this.wake?.();
    });
    // Follows an end as well as whatever else becomes of a stream.
    source.on('close', () => {
      this.outcome ??= 'end';
      this.wake?.();
    });
  }

  /** The next thing that has come, if any. */
  take(): T | undefined {
    const item = this.held ?? (this.source.read() as T | null) ?? undefined;
    this.held = undefined;
    return item;
  }

  get isEmpty(): boolean {
    return this.held === undefined && this.source.readableLength === 0;
  }

  /** Waits for more; to be called once `take` brings nothing. */
  async arrival(ms: number): Promise<Arrival> {
    // A stream that has ended says so only once it is read from.
    this.held = this.take();
    if (this.held !== undefined && this.outcome !== 'stopped') return 'something';
    const news = this.isOver() || (await this.news(ms));
    if (this.outcome === 'stopped') return 'stopped';
    if (this.error) throw this.error;
    return this.outcome ?? (news ? 'something' : 'silence');
  }

  /** Ends the waiting, and the call with it. */
  stop(): void {
    const running = !this.isOver();
    this.outcome = 'stopped';
    this.wake?.();
    // Rejects where the call was never made.
    if (running) this.cancel().catch(() => undefined);
    this.source.destroy();
  }

  private isOver(): boolean {
    return this.outcome !== undefined || this.error !== undefined;
  }

  private news(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (news: boolean) => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve(news);
      };
      const timer = setTimeout(settle, ms, false);
      this.wake = () => {
        settle(true);
      };
    });
  }
}
