import { createHash, timingSafeEqual } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { CallError } from '../errors.js';
import type { User } from './user.js';

/** Who is asking, as far as the `authorization` header tells. */
export type Caller = 'admin' | 'anonymous' | 'impostor';

/** Says who a caller is by the header that came along. */
export type Identify = (authorization: string | undefined) => Caller;

/** Where there is no user everybody may do everything. */
export const everybodyIsAdmin: Identify = () => 'admin';

/**
 * One user, with a password. As the original has it, whoever says nothing, or nothing that is understood, is anonymous,
 * and whoever says something wrong is sent away.
 */
export function onlyAdminIs({ name, password }: User): Identify {
  const right = digest(`${name}:${password}`);
  return (authorization) => {
    const encoded = /^basic +([a-z0-9+/]+=*)$/i.exec(authorization ?? '')?.[1];
    if (encoded === undefined) return 'anonymous';
    // Of digests, for those are of equal length: how long the comparison takes tells nothing of the password.
    return timingSafeEqual(digest(Buffer.from(encoded, 'base64')), right) ? 'admin' : 'impostor';
  };
}

const digest = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest();

/** Clients recognise the first by its status alone, and the second by its trailer alone. */
export const unauthenticated = (): CallError => new CallError(status.UNAUTHENTICATED, 'Unauthenticated');

export const accessDenied = (): CallError =>
  new CallError(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });
