import { join } from 'node:path';
import type { Resources } from './app.module.js';
import { Clock } from './event-sourcing/clock.js';
import { LoggedMailer } from './infrastructure/mail/logged-mailer.js';
import { SmtpMailer } from './infrastructure/mail/smtp-mailer.js';
import { NotesFile } from './notes-file.js';
import type { Service } from './service.js';
import type { Settings } from './settings.js';
import { Invitations } from './users/commands/invitations.js';
import { InvitationMails } from './users/invitations/invitation-mails.js';
import { type MailNote, MailQueue } from './users/invitations/mail-queue.js';

const FILE = 'invitation-mails.json';

/** What mails invitations, or writes their links to the log where there is no mail server. Not started yet. */
export function invitationMails(
  { app }: Service,
  { eventStore: events, log }: Resources,
  { smtpUrl, mailFrom, dataDir }: Settings,
): InvitationMails {
  return new InvitationMails({
    events,
    queue: new MailQueue(new NotesFile<MailNote>(join(dataDir, FILE))),
    invitations: app.get(Invitations),
    mailer: smtpUrl === undefined ? new LoggedMailer(log) : new SmtpMailer(smtpUrl, mailFrom),
    clock: app.get(Clock),
    log,
  });
}
