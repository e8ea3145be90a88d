import { InvalidRequest } from '../../http/invalid-request.js';
import { UserNotFound } from '../domain/user.errors.js';

const TYPED = /^([A-Za-z]+):(.+)$/s;
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** A user's id as callers see it: base64 of `User:<ULID>`. */
export const encodeUserId = (ulid: string): string => Buffer.from(`User:${ulid}`).toString('base64');

/**
 * The ULID in a user id.
 *
 * @throws InvalidRequest not base64 of `Type:something`
 * @throws UserNotFound well-formed, but no user can have it: another type's id, or no ULID
 */
export function decodeUserId(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  const parts = bytes.toString('base64') === text ? TYPED.exec(bytes.toString('latin1')) : null;
  if (!parts) throw new InvalidRequest('user_id', 'must be an id as the API gives it: base64 of Type:id');
  const [, type, id = ''] = parts;
  if (type !== 'User' || !ULID.test(id)) throw new UserNotFound(id);
  return id;
}
