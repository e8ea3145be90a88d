import type { Recorded } from '../../event-sourcing/fact.js';
import type { Projection } from '../../event-sourcing/projection.js';
import type { InvitationRenewed, UserEvent, UserInvited } from '../domain/user.events.js';

/** Whose an invitation is, by its token's hash. Whether it is still good is for the user's stream to say. */
type InvitationView = Readonly<{ tokenHash: string; userId: string }>;

const issued = ({ data: { tokenHash, userId } }: Recorded<UserInvited | InvitationRenewed>): InvitationView => ({
  tokenHash,
  userId,
});

/** Every invitation ever sent, those void among them. */
export const invitationView: Projection<UserEvent, InvitationView> = {
  name: 'invitation-view-1',
  columns: { tokenHash: 'text', userId: 'text' },
  indexes: [],
  key: ({ data }) => ('tokenHash' in data ? data.tokenHash : undefined),
  on: {
    UserAdded: null,
    UserInvited: issued,
    UserActivated: null,
    InvitationRenewed: issued,
    UserRenamed: null,
    DeveloperPermissionGranted: null,
    DeveloperPermissionRevoked: null,
    PermissionGranted: null,
    PermissionRevoked: null,
    UserRemoved: null,
  },
};
