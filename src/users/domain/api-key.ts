import { createHash, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Aggregate, Current } from '../../event-sourcing/streams.js';
import type { Actor } from './actor.js';
import { ApiKeyNotFound, ExpiryPassed, KeysNotManageable } from './api-key.errors.js';
import type { ApiKeyEvent, ApiKeyIssued } from './api-key.events.js';
import { mayManageKeysOf } from './api-key.policy.js';
import { CorruptHistory } from './user.errors.js';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_BYTES = 20;
const SECRET_DIGITS = 27; // 62^27 is the first power of 62 past 2^160
const CHECK_DIGITS = 6; // 62^6 is the first past 2^32
const SHAPE = new RegExp(`^ul_[0-9A-Za-z]{${SECRET_DIGITS + CHECK_DIGITS}}$`);

const base62 = (value: bigint, digits: number): string => {
  let text = '';
  for (let rest = value; text.length < digits; rest /= 62n) text = DIGITS.charAt(Number(rest % 62n)) + text;
  return text;
};

const checkDigits = (secret: string): string => base62(BigInt(crc32(secret)), CHECK_DIGITS);

/** `ul_`, 160 random bits in base62, and their CRC-32: found by secret scanners, refused without a look-up when mistyped. */
export function formatApiKey(random: Uint8Array): string {
  if (random.length !== SECRET_BYTES) throw new RangeError(`an API key takes ${SECRET_BYTES} random bytes`);
  const secret = base62(BigInt(`0x${Buffer.from(random).toString('hex')}`), SECRET_DIGITS);
  return `ul_${secret}${checkDigits(secret)}`;
}

/** Whether this could be one of our keys: shape and check digits. */
export const isApiKey = (text: string): boolean =>
  SHAPE.test(text) && checkDigits(text.slice(3, 3 + SECRET_DIGITS)) === text.slice(3 + SECRET_DIGITS);

/** What is stored of a key. A plain SHA-256 suffices: 160 random bits cannot be guessed from it. */
export const hashApiKey = (key: string): string => createHash('sha256').update(key).digest('hex');

/** Enough of a key for its owner to tell it from others. */
export const redactApiKey = (key: string): string => `${key.slice(0, 6)}…${key.slice(-4)}`;

/** Whether two hashes are the same, in a time that does not tell how much of them is. */
export const isSameHash = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

export type ApiKey = Readonly<{ accountId: string; userId: string; revoked: boolean }>;

/** What an event makes of a key; as with users, it judges nothing. @throws CorruptHistory */
export function evolveApiKey(key: ApiKey | undefined, event: ApiKeyEvent): ApiKey {
  if (event.type === 'ApiKeyIssued') {
    const { accountId, userId } = event.data;
    return { accountId, userId, revoked: false };
  }
  if (!key) throw new CorruptHistory(event.type);
  return { ...key, revoked: true };
}

/** A key's stream: issued, and at some time revoked. */
export const apiKeyAggregate: Aggregate<ApiKey, ApiKeyEvent> = { category: 'apikey', evolve: evolveApiKey };

/** A key is issued once; asked again, it is issued already. */
export const issueApiKey = ({ state }: Current<ApiKey>, data: ApiKeyIssued['data']): ApiKeyEvent[] =>
  state ? [] : [{ type: 'ApiKeyIssued', data }];

/** As {@link issueApiKey}, for somebody who asks: it has yet to expire when it is issued. */
export function requestApiKey(current: Current<ApiKey>, data: ApiKeyIssued['data'], now: Date): ApiKeyEvent[] {
  if (!current.state && data.expiresAt !== null && Date.parse(data.expiresAt) <= now.getTime())
    throw new ExpiryPassed();
  return issueApiKey(current, data);
}

export type RevokeApiKey = Readonly<{ apiKeyId: string; actor: Actor }>;

/** A key is revoked for good; asked again, it is revoked already. */
export function revokeApiKey({ state: key }: Current<ApiKey>, { apiKeyId, actor }: RevokeApiKey): ApiKeyEvent[] {
  if (key?.accountId !== actor.accountId) throw new ApiKeyNotFound(apiKeyId);
  if (!mayManageKeysOf(actor, key.userId)) throw new KeysNotManageable(key.userId);
  return key.revoked ? [] : [{ type: 'ApiKeyRevoked', data: { apiKeyId } }];
}
