import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PublishedApi } from '../support/published-api.js';
import { Seed } from '../support/seed.js';
import { ServiceUnderTest } from '../support/service.js';
import { onSharedStore, sharedStore } from '../support/shared-store.js';

const START_MS = 60_000;

/** A service on the event store at TEST_EVENTSTORE_URL, in an account of its own; on a store of its own without it. */
export const startService = (options: Parameters<typeof ServiceUnderTest.start>[0] = {}): Promise<ServiceUnderTest> =>
  ServiceUnderTest.start(sharedStore === undefined ? options : onSharedStore(sharedStore, options));

/** For what needs an event store that is new, or that it may harm. */
export const onOwnStore = sharedStore === undefined ? it : it.skip;
export const skippedOnShared = sharedStore === undefined ? '' : ' (skipped: needs an event store of its own)';

/** One service for all tests of a file, and a hand in its event store. Its answers are held against what it publishes. */
export function withService(env: Readonly<Record<string, string>> = {}): { service: ServiceUnderTest; seed: Seed } {
  const context = {} as { service: ServiceUnderTest; seed: Seed };
  beforeAll(async () => {
    context.service = await startService({ env });
    context.service.published = await PublishedApi.of(context.service.baseUrl);
    context.seed = new Seed(context.service);
  }, START_MS);
  afterAll(async () => {
    await context.seed.close();
    await context.service.dispose();
  }, START_MS);
  return context;
}

export type Problem = Readonly<{
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  request_id: string;
  errors?: readonly { field: string; message: string }[];
}>;

/** The problem in an answer, which must have this status. */
export async function problemOf(answer: Response, status: number): Promise<Problem> {
  const text = await answer.text();
  expect({ status: answer.status, text }).toEqual({ status, text: expect.any(String) });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json\b/);
  return JSON.parse(text) as Problem;
}

export type UserBody = Readonly<Record<string, unknown>>;

/** The user in an answer, which must be 200. */
export async function userOf(answer: Response): Promise<UserBody> {
  const text = await answer.text();
  expect({ status: answer.status, text }).toEqual({ status: 200, text: expect.any(String) });
  return JSON.parse(text) as UserBody;
}
