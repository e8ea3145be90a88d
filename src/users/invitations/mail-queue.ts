import type { Position } from '../../event-sourcing/fact.js';
import type { Notebook } from '../../event-sourcing/notebook.js';

/** An invitation that is to be mailed. */
export type Pending = Readonly<{ userId: string; invitationId: string }>;

/** As written down: the log has been read up to here and these were found in it, or this one is dealt with. */
export type MailNote = Readonly<{ position: string | null; waiting: readonly Pending[] }> | Readonly<{ done: string }>;

/** How far along the log a restart may have to go again where there is nothing to mail. */
const NOTED_EVERY = 10_000;
/** So many notes of what is over are kept before they are thrown out. */
const KEPT_AT_LEAST = 1_000;

/**
 * How far the log has been read, and which invitations in it are still to be mailed: both noted together, so that neither
 * a crash nor a mail server that is down loses one. What was handed over is crossed out right away. A note costs the same
 * however many wait.
 *
 * One thing is written after the other, and nothing after what failed: that may be written yet, or not be, and whoever
 * opens the notes anew finds out. So no note ever stands further on in the log than all that was found before it.
 */
export class MailQueue {
  private position: Position | undefined;
  private readonly waiting = new Map<string, Pending>();
  private unnoted = 0;
  private superfluous = 0;
  private last: Promise<void> = Promise.resolve();
  /** What is crossed out next, all of it at once. */
  private over: MailNote[] = [];
  private crossedOut: Promise<void> = Promise.resolve();

  constructor(private readonly notebook: Notebook<MailNote>) {}

  /** Goes on where the notes end; nothing is noted where they cannot be read. */
  open(): Promise<void> {
    return this.inTurn(async () => {
      for (const note of await this.notebook.read()) {
        this.take(note);
        this.superfluous++;
      }
      if (this.superfluous > KEPT_AT_LEAST) await this.tidy();
    });
  }

  /** The log has been read up to here. */
  get readTo(): Position | undefined {
    return this.position;
  }

  get next(): Pending | undefined {
    for (const pending of this.waiting.values()) return pending;
    return undefined;
  }

  /** How many are still to be mailed. */
  get size(): number {
    return this.waiting.size;
  }

  /** So many events further, with these invitations among them; resolves once that need not be read again. */
  add(waiting: readonly Pending[], position: Position, events: number): Promise<void> {
    return this.inTurn(async () => {
      const note = { position: position.toString(), waiting };
      this.unnoted += events;
      if (waiting.length > 0 || this.unnoted >= NOTED_EVERY) await this.notePosition(note);
      this.take(note);
    });
  }

  /** Is mailed, or never will be; resolves once no restart mails it again. */
  done({ invitationId: done }: Pending): Promise<void> {
    this.waiting.delete(done);
    if (this.over.push({ done }) === 1) this.crossedOut = this.inTurn(() => this.crossOut());
    return this.crossedOut;
  }

  /** Has to wait behind the others: it may be at fault itself. */
  postpone(pending: Pending): void {
    this.waiting.delete(pending.invitationId);
    this.waiting.set(pending.invitationId, pending);
  }

  /** Notes how far the log has been read; rejects where another process notes by now. */
  note(): Promise<void> {
    return this.inTurn(() => this.notePosition({ position: this.position?.toString() ?? null, waiting: [] }));
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.last.then(work);
    this.last = done;
    done.catch(() => undefined); // whoever asked is told, and whoever asks next
    return done;
  }

  private async notePosition(note: MailNote): Promise<void> {
    await this.write(note);
    this.unnoted = 0;
  }

  private async write(...notes: readonly MailNote[]): Promise<void> {
    await this.notebook.add(...notes);
    this.superfluous += notes.length;
  }

  private take(note: MailNote): void {
    if ('done' in note) {
      this.waiting.delete(note.done);
      return;
    }
    this.position = note.position === null ? undefined : BigInt(note.position);
    for (const pending of note.waiting) this.waiting.set(pending.invitationId, pending);
  }

  private async crossOut(): Promise<void> {
    await this.write(...this.over.splice(0));
    if (this.superfluous > KEPT_AT_LEAST + this.waiting.size) await this.tidy();
  }

  private async tidy(): Promise<void> {
    const waiting = [...this.waiting.values()];
    await this.notebook.replace([{ position: this.position?.toString() ?? null, waiting }]);
    this.superfluous = 0;
  }
}
