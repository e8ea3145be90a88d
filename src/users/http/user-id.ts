import { InvalidRequest } from '../../http/invalid-request.js';
import type { Actor } from '../domain/actor.js';
import { UserNotFound, UsersNotReadable } from '../domain/user.errors.js';
import { mayReadUsers } from '../domain/user.policy.js';

const TYPED = /^([A-Za-z]+):(.+)$/s;
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** A user's id as callers see it: base64 of `User:<ULID>`. */
export const encodeUserId = (ulid: string): string => Buffer.from(`User:${ulid}`).toString('base64');

/**
 * The ULID in a user id, as `actor` may ask for it.
 *
 * @throws InvalidRequest not base64 of `Type:something`
 * @throws UsersNotReadable before it is told whether there could be such a user
 * @throws UserNotFound well-formed, but no user can have it: another type's id, or no ULID
 */
export function decodeUserId(text: string, actor: Actor): string {
  const bytes = Buffer.from(text, 'base64');
  const parts = bytes.toString('base64') === text ? TYPED.exec(bytes.toString('latin1')) : null;
  if (!parts) throw new InvalidRequest('user_id', 'must be an id as the API gives it: base64 of Type:id');
  if (!mayReadUsers(actor)) throw new UsersNotReadable();
  const [, type, id = ''] = parts;
  if (type !== 'User' || !ULID.test(id)) throw new UserNotFound(id);
  return id;
}
