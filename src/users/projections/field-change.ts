import type { ApiKeyView } from './api-key-view.projection.js';
import type { UserView } from './user-view.projection.js';

/** A value as the API shows it. */
export type FieldValue = string | boolean | number | null | readonly string[];

/** One field of the target, before and after an event; null where there was nothing. */
export type FieldChange = Readonly<{ field: string; before: FieldValue; after: FieldValue }>;

type Fields<View> = Readonly<Record<string, (view: View) => FieldValue>>;

/** A user's fields as the API calls them; what follows from others is left out. */
const userFields: Fields<UserView> = {
  name: ({ name }) => name,
  email: ({ email }) => email,
  role: ({ role }) => role,
  is_developer: ({ isDeveloper }) => isDeveloper,
  status: ({ state }) => state,
  permissions: ({ permissions }) => JSON.parse(permissions) as string[],
  invitation_expires_at: ({ invitationExpiresAt }) => invitationExpiresAt,
};

/** A key is there or not, as far as its owner is concerned. */
const apiKeyFields: Fields<ApiKeyView> = {
  api_key: ({ apiKeyId, revoked }) => (revoked ? null : apiKeyId),
  'api_key.name': ({ name, revoked }) => (revoked ? null : name),
  'api_key.expires_at': ({ expiresAt, revoked }) => (revoked ? null : expiresAt),
};

/** The changes of some fields; fields are listed once, for a rebuild asks this for every event. */
function changesOf<View>(fields: Fields<View>) {
  const listed = Object.entries(fields);
  return (before: View | undefined, after: View | undefined): FieldChange[] => {
    const changes: FieldChange[] = [];
    for (const [field, of] of listed) {
      const [was, is] = [before ? of(before) : null, after ? of(after) : null];
      if (valueText(was) !== valueText(is)) changes.push({ field, before: was, after: is });
    }
    return changes;
  };
}

/** What changed of a user, from what to what. */
export const userChanges = changesOf(userFields);

/** What changed of a key. */
export const apiKeyChanges = changesOf(apiKeyFields);

/** A value as text, to be compared and searched: lists joined with commas; null where there is nothing. */
export const valueText = (value: FieldValue): string | null =>
  value === null || typeof value === 'string' ? value : typeof value === 'object' ? value.join(',') : String(value);
