import type { Position } from '../../event-sourcing/fact.js';
import type { Notebook } from '../../event-sourcing/notebook.js';

/** An invitation that is to be mailed. */
export type Pending = Readonly<{ userId: string; invitationId: string }>;

/** As written down. */
export type MailNotes = Readonly<{ position: string | null; waiting: readonly Pending[] }>;

/** How far along the log a restart may have to go again where there is nothing to mail. */
const NOTED_EVERY = 10_000;

/**
 * How far the log has been read, and which invitations in it are still to be mailed: both written down at once, so that
 * neither a crash nor a mail server that is down loses one. What was handed over is crossed out right away.
 */
export class MailQueue {
  private position: Position | undefined;
  private waiting: readonly Pending[] = [];
  private unnoted = 0;
  /** One is written after the other, the newest last. */
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly notebook: Notebook<MailNotes>) {}

  /** Goes on where the notes end. */
  async open(): Promise<void> {
    const notes = await this.notebook.read();
    this.position = notes?.position == null ? undefined : BigInt(notes.position);
    this.waiting = notes?.waiting ?? [];
  }

  /** The log has been read up to here. */
  get readTo(): Position | undefined {
    return this.position;
  }

  get next(): Pending | undefined {
    return this.waiting[0];
  }

  /** So many events further, with these invitations among them. */
  async add(pending: readonly Pending[], position: Position, events: number): Promise<void> {
    this.waiting = [...this.waiting, ...pending];
    this.position = position;
    this.unnoted += events;
    if (pending.length > 0 || this.unnoted >= NOTED_EVERY) await this.note();
  }

  /** Is mailed, or never will be. */
  async done(pending: Pending): Promise<void> {
    this.waiting = this.waiting.filter((each) => each !== pending);
    await this.note();
  }

  /** Has to wait behind the others: it may be at fault itself. */
  postpone(pending: Pending): void {
    this.waiting = [...this.waiting.filter((each) => each !== pending), pending];
  }

  async note(): Promise<void> {
    this.unnoted = 0;
    this.writing = this.writing
      .catch(() => undefined)
      .then(() => this.notebook.write({ position: this.position?.toString() ?? null, waiting: this.waiting }));
    await this.writing;
  }
}
