import type { Recorded } from '../../event-sourcing/fact.js';
import type { Around, Chronicle, Entry } from '../../event-sourcing/projection.js';
import type { ApiKeyEvent } from '../domain/api-key.events.js';
import type { UserEvent } from '../domain/user.events.js';
import { apiKeyView } from './api-key-view.projection.js';
import type { AuditedEvent } from './audited-event.js';
import { apiKeyChanges, type FieldChange, userChanges } from './field-change.js';
import { userView } from './user-view.projection.js';

/** What an audited event says beyond its metadata; `data` as a user's event has it. Changes are of its target's fields. */
export type Said = Readonly<{
  outcome: 'applied' | 'denied';
  targetId: string | null;
  targetName: string | null;
  rule?: string;
  changes: readonly FieldChange[];
  data?: object;
}>;

async function userChanged(event: Recorded<UserEvent>, around: Around): Promise<Said> {
  const { userId } = event.data;
  const [before, after] = [await around.before(userView, userId), await around.after(userView, userId)];
  const targetName = (before ?? after)?.name ?? null;
  const changes = userChanges(before, after);
  return { outcome: 'applied', targetId: userId, targetName, changes, data: event.data };
}

async function apiKeyChanged(event: Recorded<ApiKeyEvent>, around: Around): Promise<Said> {
  const { apiKeyId } = event.data;
  const [before, after] = [await around.before(apiKeyView, apiKeyId), await around.after(apiKeyView, apiKeyId)];
  const targetId = after?.userId ?? null;
  const owner = targetId === null ? undefined : await around.after(userView, targetId);
  const changes = apiKeyChanges(before, after);
  return { outcome: 'applied', targetId, targetName: owner?.name ?? null, changes };
}

type Saying = {
  readonly [T in AuditedEvent['type']]: (
    event: Recorded<Extract<AuditedEvent, { type: T }>>,
    around: Around,
  ) => Said | Promise<Said>;
};

const saying: Saying = {
  UserAdded: userChanged,
  UserInvited: userChanged,
  UserActivated: userChanged,
  InvitationRenewed: userChanged,
  UserRenamed: userChanged,
  DeveloperPermissionGranted: userChanged,
  DeveloperPermissionRevoked: userChanged,
  PermissionGranted: userChanged,
  PermissionRevoked: userChanged,
  UserRemoved: userChanged,
  ApiKeyIssued: apiKeyChanged,
  ApiKeyRevoked: apiKeyChanged,
  AccessDenied: async (event, around) => {
    const { targetId, fields, missing } = event.data;
    const target = await around.after(userView, targetId);
    const targetName = target?.accountId === event.meta.accountId ? target.name : null;
    // Nothing changed; which fields were asked for is worth finding all the same.
    const changes = fields.map((field) => ({ field, before: null, after: null }));
    return { outcome: 'denied', targetId, targetName, rule: missing, changes };
  },
  AccessDenialsCounted: ({ data: { count, since, until } }) => {
    const changes = [
      { field: 'refused_attempts', before: null, after: count },
      { field: 'refused_attempts.since', before: null, after: since },
      { field: 'refused_attempts.until', before: null, after: until },
    ];
    return { outcome: 'denied', targetId: null, targetName: null, changes };
  },
};

type Told = Chronicle<AuditedEvent, never>['on'];

/** A chronicle's answers to every audited event, each given with what it says. None is skipped: none may go untold. */
export const toldOfEach = (
  tell: (event: Recorded<AuditedEvent>, said: Said, around: Around) => readonly Entry[] | Promise<readonly Entry[]>,
): Told =>
  Object.fromEntries(
    Object.entries(saying).map(([type, say]) => [
      type,
      async (event: never, around: Around) => tell(event, await say(event, around), around),
    ]),
  ) as Told;
