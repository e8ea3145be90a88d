import type { Recorded } from '../../event-sourcing/fact.js';
import type { Projection } from '../../event-sourcing/projection.js';
import type { UserEvent } from '../domain/user.events.js';

/** What a command whose id the caller chose did, and to whom. The row's revision is that of its last event. */
export type CommandReceipt = Readonly<{ commandId: string; fingerprint: string; subject: string }>;

const receipt = ({ data, meta }: Recorded<UserEvent>): CommandReceipt => ({
  commandId: meta.commandId,
  fingerprint: meta.commandFingerprint ?? '',
  subject: data.userId,
});

export const commandReceipt: Projection<UserEvent, CommandReceipt> = {
  name: 'command-receipt-1',
  columns: { commandId: 'text', fingerprint: 'text', subject: 'text' },
  indexes: [],
  key: ({ meta }) => (meta.commandFingerprint === undefined ? undefined : meta.commandId),
  on: {
    UserAdded: receipt,
    UserInvited: receipt,
    UserActivated: receipt,
    InvitationRenewed: receipt,
    UserRenamed: receipt,
    DeveloperPermissionGranted: receipt,
    DeveloperPermissionRevoked: receipt,
    PermissionGranted: receipt,
    PermissionRevoked: receipt,
    UserRemoved: receipt,
  },
};
