import type { Recorded } from '../../event-sourcing/fact.js';
import type { Around, Chronicle, Entry, Stored } from '../../event-sourcing/projection.js';
import type { UserEvent } from '../domain/user.events.js';
import { userColumns, type UserView, userView } from './user-view.projection.js';

/**
 * A user as they were from one event to the next: from `since` until before `until`, and in the log from the row's
 * `position` until before `untilPosition`.
 */
export type UserVersion = UserView & Readonly<{ until: string; untilPosition: number }>;

/** Later than any event. */
export const NOT_YET = '9999-12-31T23:59:59.999Z';
export const NO_POSITION_YET = Number.MAX_SAFE_INTEGER;

const entry = (row: Stored<UserVersion>): Entry => ({ key: `${row.userId}/${row.revision.toString()}`, row });

/** Ends the version before and begins the next. */
async function next({ data: { userId }, position }: Recorded<UserEvent>, around: Around): Promise<readonly Entry[]> {
  const [before, after] = [await around.before(userView, userId), await around.after(userView, userId)];
  if (!after) return [];
  const begun = entry({ ...after, until: NOT_YET, untilPosition: NO_POSITION_YET });
  if (!before) return [begun];
  return [entry({ ...before, until: after.since, untilPosition: Number(position) }), begun];
}

/** Everything every user ever was: who held what at any moment. */
export const userVersion: Chronicle<UserEvent, UserVersion> = {
  name: 'user-version-1',
  columns: { ...userColumns, until: 'text', untilPosition: 'integer' },
  indexes: [
    ['userId', 'position'],
    ['accountId', 'createdAt', 'userId', 'position'],
  ],
  on: {
    UserAdded: next,
    UserInvited: next,
    UserActivated: next,
    InvitationRenewed: next,
    UserRenamed: next,
    DeveloperPermissionGranted: next,
    DeveloperPermissionRevoked: next,
    PermissionGranted: next,
    PermissionRevoked: next,
    UserRemoved: next,
  },
};
