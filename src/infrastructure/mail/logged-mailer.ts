import type { Log } from '../../event-sourcing/log.js';
import { type Letter, Mailer } from '../../event-sourcing/mailer.js';

/** Where there is no mail server: writes the link to the log, for whoever runs the service to pass on. */
export class LoggedMailer extends Mailer {
  constructor(private readonly log: Log) {
    super();
  }

  override send({ id, subject, link }: Letter): Promise<void> {
    this.log.info({ id, subject, link }, 'a letter nobody is mailed, for SMTP_URL is not set');
    return Promise.resolve();
  }

  override close(): void {
    // Nothing is open.
  }
}
