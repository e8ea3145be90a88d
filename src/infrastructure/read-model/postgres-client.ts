import pg from 'pg';

type Callback = (error: Error) => void;

/**
 * A connection that fails when it is to be made where its settings cannot be read, for a certificate is being replaced.
 * The driver's own throws before that, and a pool makes connections where nobody would catch it: the process would end,
 * and whoever waits never be told.
 */
export class PostgresClient extends pg.Client {
  private readonly fault: Error | undefined;

  constructor(settings?: pg.ClientConfig) {
    let fault: Error | undefined;
    try {
      super(settings);
    } catch (error) {
      super({});
      fault = error as Error;
    }
    this.fault = fault;
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.Client> | undefined {
    const { fault } = this;
    if (!callback) return fault === undefined ? super.connect() : Promise.reject(fault);
    if (fault === undefined) super.connect(callback);
    else process.nextTick(callback, fault);
    return undefined;
  }
}
