import { expect } from '@jest/globals';
import type { ServiceUnderTest } from '../support/service.js';

export type CreatedKey = Readonly<{
  id: string;
  name: string;
  key: string;
  redacted_key: string;
  created_at: string;
  expires_at?: string;
}>;
export type ListedKey = Omit<CreatedKey, 'key'> & Readonly<{ user_id: string; last_used_at?: string }>;
export type ListedKeys = Readonly<{
  api_keys: ListedKey[];
  pagination: Readonly<{ has_more: boolean; next_cursor?: string }>;
}>;

type Init = Readonly<{ key?: string; headers?: Record<string, string> }>;

/** POST of an API key. */
export const postKey = (service: ServiceUnderTest, body: unknown, { key, headers }: Init = {}): Promise<Response> =>
  service.request('/v2/api-keys', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
    ...(key !== undefined && { key }),
  });

/** The key that an answer shows, which must be 201. */
export async function createdKey(answer: Response): Promise<CreatedKey> {
  const text = await answer.text();
  expect({ status: answer.status, text }).toEqual({ status: 201, text: expect.any(String) });
  return JSON.parse(text) as CreatedKey;
}

/** DELETE of an API key by its id. */
export const deleteKey = (service: ServiceUnderTest, id: string, init: Init = {}): Promise<Response> =>
  service.request(`/v2/api-keys/${encodeURIComponent(id)}`, { method: 'DELETE', ...init });

/** A page of API keys. */
export async function listKeys(service: ServiceUnderTest, init: Init = {}, query = ''): Promise<ListedKeys> {
  const answer = await service.request(`/v2/api-keys${query}`, init);
  const text = await answer.text();
  expect({ status: answer.status, text }).toEqual({ status: 200, text: expect.any(String) });
  return JSON.parse(text) as ListedKeys;
}
