import type { AnyFact, Meta, Recorded } from '../../src/event-sourcing/fact.js';
import type { Actor } from '../../src/users/domain/actor.js';
import type { UserAdded, UserInvited } from '../../src/users/domain/user.events.js';
import type { UpdateUser } from '../../src/users/domain/user.js';

export const USER = '01JDZ7Y3Q9G1PKV5T9F6W8X2A4';
export const ACCOUNT = '01JDZ7Y3Q9G1PKV5T9F6W8X2AC';

export const admin: Actor = {
  userId: '01JDZ7Y3Q9G1PKV5T9F6W8X2AD',
  accountId: ACCOUNT,
  name: 'Grace Hopper',
  role: 'admin',
  permissions: [],
  apiKeyId: '01JDZ7Y3Q9G1PKV5T9F6W8X2AK',
};
export const member: Actor = { ...admin, role: 'member' };
export const annotator: Actor = { ...admin, role: 'annotator' };
export const stranger: Actor = { ...admin, accountId: '01JDZ7Y3Q9G1PKV5T9F6W8X2AX' };
export const holding = (actor: Actor, ...permissions: string[]): Actor => ({ ...actor, permissions });

export const userAdded = (data: Partial<UserAdded['data']> = {}): UserAdded => ({
  type: 'UserAdded',
  data: {
    userId: USER,
    accountId: ACCOUNT,
    email: 'ada@example.com',
    name: 'Ada',
    role: 'member',
    isDeveloper: false,
    ...data,
  },
});

export const userInvited = (): UserInvited => ({
  type: 'UserInvited',
  data: {
    ...userAdded().data,
    invitationId: '01JDZ7Y3Q9G1PKV5T9F6W8X2AV',
    tokenHash: 'f00d',
    expiresAt: '2026-02-01T00:00:00.000Z',
  },
});

export const update = (wish: Partial<UpdateUser>): UpdateUser => ({ userId: USER, actor: admin, ...wish });

const meta: Meta = {
  accountId: ACCOUNT,
  actor: { userId: admin.userId, name: admin.name, role: admin.role, apiKeyId: admin.apiKeyId },
  rule: 'account_admin',
  requestId: 'request-1',
  ip: '127.0.0.1',
  userAgent: null,
  commandId: 'c0ffee00-0000-4000-8000-000000000000',
  schemaVersion: 1,
  occurredAt: '2026-01-02T03:04:05.678Z',
  $correlationId: 'request-1',
  $causationId: 'c0ffee00-0000-4000-8000-000000000000',
};

/** Facts as the log would hold them, one after another in one stream. */
export const recorded = <E extends AnyFact>(facts: readonly E[], from = 0): Recorded<E>[] =>
  facts.map((fact, i) => ({
    ...fact,
    id: `c0ffee00-0000-4000-8000-${String(from + i).padStart(12, '0')}`,
    stream: `user-${USER}`,
    revision: BigInt(from + i),
    position: BigInt(100 + from + i),
    meta,
  }));
