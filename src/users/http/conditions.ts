import { createHash } from 'node:crypto';
import { v5 as uuidV5 } from 'uuid';
import type { Position, Revision } from '../../event-sourcing/fact.js';
import { InvalidRequest } from '../../http/invalid-request.js';
import type { Actor } from '../domain/actor.js';

/** Makes command ids out of idempotency keys; part of what is stored, so never to change. */
const COMMANDS = '7d0c0c5e-6f0e-5b0a-9d0b-3c1f6f1c1f11';
const ENTITY_TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;
const KEY = /^[\x21-\x7e]{1,255}$/;
const POSITION = /^Position:(0|[1-9][0-9]{0,18})$/;

/** A User response's entity tag is the revision of the user's stream. */
export const etag = (revision: Revision): string => `"${revision.toString()}"`;

/**
 * The revisions `If-Match` allows (RFC 9110 §13.1.1); undefined where there is no condition, or only that the user be
 * there (`*`). A weak tag never matches.
 *
 * @throws InvalidRequest for anything but `*` or a list of entity tags
 */
export function ifMatch(header: string | undefined): Revision[] | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const tags = header.split(',').map((tag) => tag.trim());
  if (!tags.every((tag) => ENTITY_TAG.test(tag))) throw new InvalidRequest('If-Match', 'must be * or entity tags');
  return tags.filter((tag) => /^"(0|[1-9][0-9]{0,18})"$/.test(tag)).map((tag) => BigInt(tag.slice(1, -1)));
}

/** A command's id and fingerprint, out of `Idempotency-Key`: the same for the same caller, key and request. */
type CommandKey = Readonly<{ commandId: string; commandFingerprint: string }>;

/**
 * What identifies a command whose caller chose a key; undefined where they did not. Keys are scoped to the caller's
 * account and the owner of the API key. The fingerprint is salted with the id, for it is stored.
 *
 * @throws InvalidRequest for anything but 1–255 visible ASCII characters
 */
export function commandKey(
  header: string | undefined,
  actor: Actor,
  request: readonly unknown[],
): CommandKey | undefined {
  if (header === undefined) return undefined;
  if (!KEY.test(header)) throw new InvalidRequest('Idempotency-Key', 'must be 1 to 255 visible ASCII characters');
  const commandId = uuidV5(`${actor.accountId}:${actor.userId}:${header}`, COMMANDS);
  const text = JSON.stringify([commandId, ...request]);
  return { commandId, commandFingerprint: createHash('sha256').update(text).digest('hex') };
}

/** An opaque token for a place in the log, as `X-Position` carries it. */
export const positionToken = (position: Position): string =>
  Buffer.from(`Position:${position.toString()}`).toString('base64');

/** The place that `X-Wait-For-Position` names. @throws InvalidRequest for what `X-Position` never said */
export function waitForPosition(header: string | undefined): Position | undefined {
  if (header === undefined) return undefined;
  const position = POSITION.exec(Buffer.from(header, 'base64').toString('latin1'))?.[1];
  if (position === undefined || positionToken(BigInt(position)) !== header)
    throw new InvalidRequest('X-Wait-For-Position', 'must be an X-Position as a write answered it');
  return BigInt(position);
}
