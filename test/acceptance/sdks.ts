import { expect } from '@jest/globals';
import * as official from '@arizeai/ax-client';
import * as newest from 'ax-client-newest';
import type { ServiceUnderTest } from '../support/service.js';

export type Sdk = typeof official;
export type Client = ReturnType<Sdk['createClient']>;

process.env.DISABLE_PRERELEASE_WARNING = 'true';

/** The newest one spells enumerations in capitals; where none is sent, and none is looked at, it is the same. */
export const sdks: [string, Sdk][] = [
  ['1.23.0', official],
  ['1.28.0', newest as unknown as Sdk],
];

/** The SDK as it comes, with every answer held against the published document on its way. */
export function clientOf(sdk: Sdk, { baseUrl, published, admin }: ServiceUnderTest, apiKey = admin.api_key): Client {
  const client = sdk.createClient({ apiKey, baseUrl });
  client.use({
    onResponse: ({ request, response }) => published?.hold(request.method, new URL(request.url).pathname, response),
  });
  return client;
}

export type Refusal = Error & Readonly<{ statusCode: number }>;

/** What a call throws, which must be what the SDK makes of a refusal. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    expect(error).toHaveProperty('statusCode');
    return error as Refusal;
  }
  throw new Error('it was not refused');
}

type Page<T> = Readonly<{ data: T[]; pagination: official.PaginationMetadata }>;

/** Every item of a list, page by page; each says truly whether there are more. */
export async function walked<T>(page: (cursor: { cursor?: string }) => Promise<Page<T>>): Promise<T[]> {
  const found: T[] = [];
  for (let cursor = {}; ;) {
    const { data, pagination } = await page(cursor);
    found.push(...data);
    expect(pagination.hasMore).toBe(pagination.nextCursor !== undefined);
    if (pagination.nextCursor === undefined) return found;
    cursor = { cursor: pagination.nextCursor };
  }
}
