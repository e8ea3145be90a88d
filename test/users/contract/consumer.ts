import type { CloudEventOf, Meta, UserCloudEvent, UserEvent, UserRenamed } from 'user-ledger/events';
import { userEventTypes } from 'user-ledger/events';

// A consumer as the package's `./events` lets one be written. That it compiles, and would not without the marked errors,
// is the test.

/** A name as an event sets it; complete by type. */
export function nameAfter(event: UserCloudEvent | UserEvent): string | null {
  switch (event.type) {
    case 'UserInvited':
    case 'UserAdded':
      return event.data.name;
    case 'UserRenamed':
      // @ts-expect-error a renaming has no `name`
      event.data.name satisfies string;
      return event.data.to;
    case 'PermissionGranted':
    case 'PermissionRevoked':
      event.data.permission satisfies string;
      // @ts-expect-error a permission is text
      event.data.permission satisfies number;
      return null;
    case 'UserActivated':
    case 'InvitationRenewed':
      event.data.invitationId satisfies string;
      return null;
    case 'DeveloperPermissionGranted':
    case 'DeveloperPermissionRevoked':
    case 'UserRemoved':
      return null;
    // @ts-expect-error no event is called so
    case 'UserErased':
      return null;
  }
}

/** What an event of any type has. */
export function attributesOf(event: UserCloudEvent, meta: Meta): string[] {
  event.specversion satisfies '1.0';
  event.data.userId satisfies string;
  // @ts-expect-error what happened is not changed
  event.data = { userId: 'x' };
  // @ts-expect-error only some events have a name
  event.data.name satisfies string;
  // @ts-expect-error there need not be a trace
  event.traceparent satisfies string;
  meta.actor.apiKeyId satisfies string | null;
  // @ts-expect-error the address is not always known
  meta.ip satisfies string;
  return [event.id, event.source, event.subject, event.time, event.sequence, meta.rule];
}

// One type of CloudEvent is the one of the union with that name.
export const toName = (event: CloudEventOf<UserRenamed>): string => nameAfter(event) ?? event.data.from;
export const known: (type: string) => boolean = (type) => userEventTypes.some((each) => each === type);
