import type { Recorded, Revision } from '../../event-sourcing/fact.js';
import type { Around, Chronicle, Entry, Stored } from '../../event-sourcing/projection.js';
import type { UserEvent } from '../domain/user.events.js';
import { userColumns, type UserView, userView } from './user-view.projection.js';

/**
 * A user as they were from one event to the next: from `since` until before `until`, and in the log from the row's
 * `position` until before `untilPosition`.
 */
type UserVersion = UserView & Readonly<{ until: string; untilPosition: number }>;

/** A user's version by the revision it begins at. */
export const versionKey = (userId: string, { revision }: Readonly<{ revision: Revision }>): string =>
  `${userId}/${revision.toString()}`;

/** Later than any event. */
const NOT_YET = '9999-12-31T23:59:59.999Z';
const NO_POSITION_YET = Number.MAX_SAFE_INTEGER;

// Written out, for it runs for every event of a rebuild: objects put together from others take four times as long.
const entry = (user: Stored<UserView>, until: string, untilPosition: number): Entry => ({
  key: versionKey(user.userId, user),
  row: {
    userId: user.userId,
    accountId: user.accountId,
    email: user.email,
    name: user.name,
    role: user.role,
    isDeveloper: user.isDeveloper,
    permissions: user.permissions,
    state: user.state,
    createdAt: user.createdAt,
    invitationExpiresAt: user.invitationExpiresAt,
    emailFolded: user.emailFolded,
    since: user.since,
    until,
    untilPosition,
    revision: user.revision,
    position: user.position,
  } satisfies Stored<UserVersion>,
});

/** Ends the version before and begins the next. */
async function next({ data: { userId }, position }: Recorded<UserEvent>, around: Around): Promise<readonly Entry[]> {
  const [before, after] = [await around.before(userView, userId), await around.after(userView, userId)];
  if (!after) return [];
  const begun = entry(after, NOT_YET, NO_POSITION_YET);
  return before ? [entry(before, after.since, Number(position)), begun] : [begun];
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
