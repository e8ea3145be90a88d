import type { Projection } from '../../event-sourcing/projection.js';
import type { ApiKeyEvent } from '../domain/api-key.events.js';

/** One API key as authentication sees it. */
export type ApiKeyView = Readonly<{
  apiKeyId: string;
  accountId: string;
  userId: string;
  name: string;
  keyHash: string;
  redactedKey: string;
  createdAt: string;
  expiresAt: string | null;
  revoked: boolean;
}>;

/** Keys by hash, for authentication, and in the order that lists show them. */
export const apiKeyView: Projection<ApiKeyEvent, ApiKeyView> = {
  name: 'api-key-view-2',
  columns: {
    apiKeyId: 'text',
    accountId: 'text',
    userId: 'text',
    name: 'text',
    keyHash: 'text',
    redactedKey: 'text',
    createdAt: 'text',
    expiresAt: 'text?',
    revoked: 'boolean',
  },
  indexes: [['keyHash'], ['accountId', 'createdAt', 'key'], ['userId', 'createdAt', 'key']],
  key: ({ data }) => data.apiKeyId,
  on: {
    ApiKeyIssued: ({ data: { apiKeyId, accountId, userId, name, keyHash, redactedKey, expiresAt }, meta }) => ({
      ...{ apiKeyId, accountId, userId, name, keyHash, redactedKey, expiresAt },
      createdAt: meta.occurredAt,
      revoked: false,
    }),
    ApiKeyRevoked: () => ({ revoked: true }),
  },
};
