import { hkdfSync, randomBytes } from 'node:crypto';
import type { Context } from '../../event-sourcing/fact.js';
import { formatApiKey } from '../domain/api-key.js';

const BYTES = 20;
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export type NewApiKey = Readonly<{ apiKeyId: string; apiKey: string }>;

/**
 * Makes new API keys. A command whose id the caller chose gets the same key each time it is sent, so that the answer can
 * be given again though the key is stored nowhere; it takes this service's secret and the caller's own key to make it
 * again (docs/decisions/0007). Any other command gets a random one.
 */
export class KeySource {
  constructor(private readonly secret: Uint8Array) {}

  /** @param credential the API key that the command came with */
  next({ commandId, commandFingerprint }: Omit<Context, 'rule'>, credential: string): NewApiKey {
    const bytes =
      commandFingerprint === undefined
        ? randomBytes(BYTES)
        : new Uint8Array(hkdfSync('sha256', credential, this.secret, `user-ledger api key ${commandId}`, BYTES));
    return { apiKeyId: ulidOf(commandId), apiKey: formatApiKey(bytes) };
  }
}

/** The bits of a command's id as a ULID: sent again, it comes to the same stream. They tell no time. */
function ulidOf(uuid: string): string {
  let text = '';
  for (let rest = BigInt(`0x${uuid.replaceAll('-', '')}`); text.length < 26; rest /= 32n)
    text = DIGITS.charAt(Number(rest % 32n)) + text;
  return text;
}
