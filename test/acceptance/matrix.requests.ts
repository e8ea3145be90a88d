import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import type { Row } from './matrix.table.js';

/** Whom and what a request is about. */
export type Target = Readonly<{ userId: string; keyId: string; ownKeyId: string }>;

const newUser = (name: string) => ({
  ...{ name: 'Ada', email: `${ulid()}@example.com`, invite_mode: 'none' },
  role: { type: 'predefined', name },
});

/** Bodies, for the rows that send one. */
const BODIES: Readonly<Record<string, (target: Target) => object>> = {
  'PATCH /v2/users/{user_id} name': () => ({ name: 'Ada' }),
  'PATCH /v2/users/{user_id} is_developer': () => ({ is_developer: false }),
  'POST /v2/users member': () => newUser('member'),
  'POST /v2/users admin': () => newUser('admin'),
  'PUT /v2/users/{user_id}/permissions': () => ({ permissions: ['USER_READ'] }),
  'POST /v2/invitations/accept': () => ({ token: randomBytes(20).toString('base64url') }),
  'POST /v2/api-keys own': () => ({ name: 'Another' }),
  'POST /v2/api-keys {user_id}': ({ userId }) => ({ name: 'Another', user_id: userId }),
};

/** Whether only who has yet to accept can be the one it is about. */
export const isForInvited = ({ path }: Row): boolean => path.endsWith('/resend-invitation');

/** What is sent for a row of the table. */
export function requestOf({ name, method, path }: Row, target: Target): { path: string; init: RequestInit } {
  const body = BODIES[name]?.(target);
  const json = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  return { path: addressed(path, target), init: { method, ...json } };
}

const addressed = (path: string, { userId, keyId, ownKeyId }: Target): string =>
  path
    .replace('{user_id}', encodeURIComponent(userId))
    .replace('{api_key_id}', encodeURIComponent(keyId))
    .replace('{own_key_id}', encodeURIComponent(ownKeyId));
