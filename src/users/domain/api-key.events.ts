import type { Catalogue } from '../../event-sourcing/catalogue.js';
import type { Fact } from '../../event-sourcing/fact.js';

export type ApiKeyIssued = Fact<
  'ApiKeyIssued',
  {
    apiKeyId: string;
    accountId: string;
    userId: string;
    name: string;
    /** SHA-256 of the key, hexadecimal. The key itself is stored nowhere. */
    keyHash: string;
    redactedKey: string;
    expiresAt: string | null;
  }
>;
export type ApiKeyRevoked = Fact<'ApiKeyRevoked', { apiKeyId: string }>;
export type ApiKeyEvent = ApiKeyIssued | ApiKeyRevoked;

export const apiKeyEvents: Catalogue<ApiKeyEvent> = {
  ApiKeyIssued: {
    says: 'An API key was issued to a user.',
    version: 1,
    fields: {
      apiKeyId: 'string',
      accountId: 'string',
      userId: 'string',
      name: 'string',
      keyHash: 'string',
      redactedKey: 'string',
      expiresAt: 'time?',
    },
    personal: [],
  },
  ApiKeyRevoked: { says: 'An API key was revoked.', version: 1, fields: { apiKeyId: 'string' }, personal: [] },
};
