// What `user-ledger/events` exports: the one place that gathers, for those who consume user events in TypeScript.
import { type UserEvent, userEvents } from '../domain/user.events.js';

export type { ActorMeta, Meta } from '../../event-sourcing/fact.js';
export type {
  DeveloperPermissionGranted,
  DeveloperPermissionRevoked,
  InvitationRenewed,
  PermissionGranted,
  PermissionRevoked,
  UserActivated,
  UserAdded,
  UserEvent,
  UserInvited,
  UserRemoved,
  UserRenamed,
} from '../domain/user.events.js';
export type { CloudEventOf, UserCloudEvent } from './cloud-event.js';

/** The type of every user event, as stored and as a CloudEvent. */
export const userEventTypes = Object.keys(userEvents) as readonly UserEvent['type'][];
