import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import type { Resources } from './app.module.js';
import { Clock } from './event-sourcing/clock.js';
import { UnreadableEvent } from './event-sourcing/errors.js';
import { beatOf, holdOn } from './event-sourcing/lease.js';
import type { Notebook } from './event-sourcing/notebook.js';
import { outOfReach, reaches } from './event-sourcing/reach.js';
import { LoggedMailer } from './infrastructure/mail/logged-mailer.js';
import { SmtpMailer } from './infrastructure/mail/smtp-mailer.js';
import { faultOf } from './event-sourcing/fault.js';
import { NotesFile } from './notes-file.js';
import type { Service } from './service.js';
import type { Settings } from './settings.js';
import { Invitations } from './users/commands/invitations.js';
import { InvitationMails } from './users/invitations/invitation-mails.js';
import { type MailNote, MailQueue } from './users/invitations/mail-queue.js';

const FILE = 'invitation-mails.json';
/** The lease of whoever mails, and the notes they keep. */
const MAILING = 'invitation-mails';
const AGAIN_MS = 1_000;
/** For how long whoever cannot read an event leaves mailing to others, in times of a lease. */
const ABSTAINED_LEASES = 3;

/**
 * What mails invitations, or writes their links to the log where there is no mail server. Of processes that share a
 * database one mails at a time, and notes what it has mailed for the next.
 */
export class InvitationMailing {
  private readonly abort = new AbortController();
  private queue: MailQueue | undefined;
  private readonly file: NotesFile<MailNote>;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly service: Service,
    private readonly resources: Resources,
    private readonly settings: Settings,
  ) {
    this.file = new NotesFile<MailNote>(join(settings.dataDir, FILE));
  }

  /** How many invitations are still to be mailed; 0 where another process mails. */
  get waiting(): number {
    return this.queue?.size ?? 0;
  }

  start(publicUrl: string): void {
    this.running = this.run(publicUrl);
  }

  /** Finishes the letter under way. */
  async stop(): Promise<void> {
    this.abort.abort();
    await this.running;
  }

  private async run(publicUrl: string): Promise<void> {
    const { signal } = this.abort;
    while (!signal.aborted) {
      const pause = await this.turn(publicUrl).then(
        () => AGAIN_MS,
        (error: unknown) => this.pauseAfter(error),
      );
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  private pauseAfter(error: unknown): number {
    const { log } = this.resources;
    if (error instanceof UnreadableEvent) {
      log.error({ fault: error.message }, 'an event cannot be read: this instance mails no invitations for a while');
      return Math.max(AGAIN_MS, ABSTAINED_LEASES * this.settings.databaseLeaseMs);
    }
    log.warn({ fault: faultOf(error) }, 'invitations cannot be mailed at this moment; trying again');
    return AGAIN_MS;
  }

  /** Mails for as long as this process may, if it may. */
  private async turn(publicUrl: string): Promise<void> {
    const { shared } = this.resources.readModel;
    if (!shared) return this.mail(publicUrl, this.file, aborted);
    const lease = shared.lease(MAILING);
    const { eventStore } = this.resources;
    if (!(await reaches(eventStore))) return;
    const token = await lease.hold('mailing');
    if (token === undefined) return;
    const notebook = shared.notebook<MailNote>(MAILING, token);
    try {
      await this.carryOver(notebook);
      await this.mail(publicUrl, notebook, async (signal) => {
        const lost = outOfReach(eventStore, { ms: lease.ms, everyMs: beatOf(lease) }, signal);
        await Promise.race([holdOn(lease, token, () => 'mailing', signal), lost]);
      });
    } finally {
      await lease.release();
    }
  }

  /** What this process noted while it had no database to share. */
  private async carryOver(notebook: Notebook<MailNote>): Promise<void> {
    const noted = (await notebook.read()).length > 0 ? [] : await this.file.read();
    if (noted.length > 0) await notebook.replace(noted);
  }

  /** Mails until it fails, is told to stop, or `held` is over: then another may. */
  private async mail(
    publicUrl: string,
    notebook: Notebook<MailNote>,
    held: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.abort.signal]);
    const mails = this.mails(notebook);
    const mailing = mails.run(publicUrl).finally(() => {
      over.abort();
    });
    const stopped = held(signal).finally(() => mails.stop());
    await Promise.allSettled([mailing, stopped]);
    this.queue = undefined;
    await mailing; // why it failed, where it did, comes before what came of that
    await stopped;
  }

  private mails(notebook: Notebook<MailNote>): InvitationMails {
    const { smtpUrl, mailFrom } = this.settings;
    const { eventStore: events, log } = this.resources;
    this.queue = new MailQueue(notebook);
    return new InvitationMails({
      events,
      queue: this.queue,
      invitations: this.service.app.get(Invitations),
      mailer: smtpUrl === undefined ? new LoggedMailer(log) : new SmtpMailer(smtpUrl, mailFrom),
      clock: this.service.app.get(Clock),
      log,
    });
  }
}

/** Resolves when the signal aborts. */
const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
