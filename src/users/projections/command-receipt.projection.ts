import type { Recorded } from '../../event-sourcing/fact.js';
import type { Projection } from '../../event-sourcing/projection.js';
import type { ApiKeyEvent } from '../domain/api-key.events.js';
import type { UserEvent } from '../domain/user.events.js';

/** What a command whose id the caller chose did, and to which user or key. The row's revision is that of its last event. */
type CommandReceipt = Readonly<{ commandId: string; fingerprint: string; subject: string }>;

const told = ({ meta }: Pick<Recorded, 'meta'>, subject: string): CommandReceipt => ({
  commandId: meta.commandId,
  fingerprint: meta.commandFingerprint ?? '',
  subject,
});
const receipt = (event: Recorded<UserEvent>): CommandReceipt => told(event, event.data.userId);
const keyReceipt = (event: Recorded<ApiKeyEvent>): CommandReceipt => told(event, event.data.apiKeyId);

/** What commands with an `Idempotency-Key` did, for those who ask again. */
export const commandReceipt: Projection<UserEvent | ApiKeyEvent, CommandReceipt> = {
  name: 'command-receipt-2',
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
    ApiKeyIssued: keyReceipt,
    ApiKeyRevoked: keyReceipt,
  },
};
