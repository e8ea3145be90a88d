import { expect, it } from '@jest/globals';
import specs from '@asyncapi/specs';
import { Ajv, type SchemaObject } from 'ajv';
import { asyncApi } from '../../../src/users/contract/asyncapi.js';
import { userEventTypes } from '../../../src/users/contract/events.js';

// The official schema brings its own copy of draft-07, and words that only its authors know.
const ajv = new Ajv({ strict: false, meta: false, validateSchema: false, validateFormats: false });
const isAsyncApi = ajv.compile(specs.schemas['3.0.0'] as SchemaObject);

/** As a reader gets it. */
const published = () => JSON.parse(JSON.stringify(asyncApi)) as typeof asyncApi;
const at = (reference: string): unknown =>
  reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((place, name) => (place as Record<string, unknown> | undefined)?.[name], published());
const referencesIn = (value: unknown): string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, each]) => (name === '$ref' ? [String(each)] : referencesIn(each)))
    : [];

it('is AsyncAPI 3.0 by its official schema, which notices what is not', () => {
  isAsyncApi(published());
  expect(isAsyncApi.errors ?? []).toEqual([]);
  expect(isAsyncApi({ ...published(), operations: { x: { action: 'publish', channel: {} } } })).toBe(false);
});
it('refers only to what it has', () => {
  const references = referencesIn(published());
  expect(references.length).toBeGreaterThan(userEventTypes.length);
  for (const reference of references) expect([reference, at(reference)]).not.toEqual([reference, undefined]);
});
it('has the service send on every channel, and receive on none', () => {
  const { channels, operations } = published();
  const sent = Object.values(operations).map(({ action, channel }) => [action, channel.$ref]);
  expect(sent).toEqual(Object.keys(channels).map((name) => ['send', `#/channels/${name}`]));
  expect(Object.values(channels).map(({ address }) => address)).toEqual([
    'user-{userId}',
    '$ce-user',
    '/v2/user-events',
  ]);
});
it.each(['userStream', 'userCategory', 'userEventFeed'] as const)('tells every user event on %s', (name) => {
  const references = Object.values(published().channels[name].messages).map(({ $ref }) => $ref);
  const messages = references.map((reference) => at(reference) as { name: string; payload: { $ref: string } });
  expect(messages.map((message) => message.name)).toEqual(userEventTypes);
  const titles = messages.map(({ payload }) => (at(payload.$ref) as { title: string }).title);
  const suffix = name === 'userEventFeed' ? ' as a CloudEvent' : '';
  expect(titles).toEqual(userEventTypes.map((type) => type + suffix));
});
it('gives native messages the metadata as their headers, and those of the feed none', () => {
  for (const [key, { headers }] of Object.entries(published().components.messages))
    expect([key, headers?.$ref]).toEqual([
      key,
      key.endsWith('.CloudEvent') ? undefined : '#/components/schemas/Metadata',
    ]);
});
