import { createTransport } from 'nodemailer';
import { type Letter, Mailer, MailRefused } from '../../event-sourcing/mailer.js';

const WITHIN_MS = 10_000;
/** Host part of message ids: they are made up here, and looked up nowhere. */
const IDS_AT = 'user-ledger.invalid';

/** Sends letters over SMTP (RFC 5321). */
export class SmtpMailer extends Mailer {
  private readonly transport;

  constructor(
    url: string,
    private readonly from: string,
  ) {
    super();
    this.transport = createTransport({
      url,
      connectionTimeout: WITHIN_MS,
      greetingTimeout: WITHIN_MS,
      socketTimeout: WITHIN_MS,
      // A letter is text: nothing in it is to be taken for a file or an address to fetch.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  override async send({ id, to, subject, text }: Letter): Promise<void> {
    try {
      await this.transport.sendMail({ messageId: `<${id}@${IDS_AT}>`, from: this.from, to: { ...to }, subject, text });
    } catch (error) {
      throw isRefusal(error) ? new MailRefused(error.message) : error;
    }
  }

  override close(): void {
    this.transport.close();
  }
}

/**
 * A permanent answer (5yz) to the address or the letter itself. One to who we are, or no answer, is no fault of the letter's,
 * and somebody will mend it.
 */
function isRefusal(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code, responseCode = 0 } = error as { code?: string; responseCode?: number };
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode >= 500;
}
