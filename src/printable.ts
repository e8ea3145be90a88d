import { maskedUrl } from './database-url.js';
import type { Settings } from './settings.js';

/** Settings as they may be printed: without the password of an address, and without names and e-mails. */
export function printable(settings: Settings): Partial<Settings> {
  const {
    bootstrapAdminEmail: _email,
    bootstrapAdminName: _name,
    mailFrom: _sender,
    eventStoreUrl,
    databaseUrl,
    smtpUrl,
    publicUrl,
    ...rest
  } = settings;
  const masked = (url: string | undefined) => url && maskedUrl(url);
  const urls = {
    publicUrl: masked(publicUrl),
    eventStoreUrl: masked(eventStoreUrl),
    databaseUrl: masked(databaseUrl),
    smtpUrl: masked(smtpUrl),
  };
  return { ...rest, ...urls };
}
