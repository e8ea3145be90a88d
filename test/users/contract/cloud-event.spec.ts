import { describe, expect, it } from '@jest/globals';
import { CloudEvent, HTTP } from 'cloudevents';
import type { Recorded } from '../../../src/event-sourcing/fact.js';
import { cloudEvent } from '../../../src/users/contract/cloud-event.js';
import { cloudEventSchema } from '../../../src/users/contract/cloud-event-schema.js';
import { publishedUserTypes } from '../../../src/users/contract/data-schemas.js';
import type { UserEvent } from '../../../src/users/domain/user.events.js';
import { faultsBy } from '../../support/json-schemas.js';
import { decodeExample, recordedExample } from '../../support/recorded-events.js';

const stored = (type: string, version = 1) =>
  decodeExample(recordedExample(`${type}.${version}.json`)) as Recorded<UserEvent>;
const asJson = (event: Recorded<UserEvent>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(cloudEvent(event))) as Record<string, unknown>;
const renamed = stored('UserRenamed');

it('says of a stored event what it is, whose it is and where it stands', () => {
  const { data } = recordedExample('UserRenamed.1.json');
  expect(asJson({ ...renamed, position: 4711n })).toEqual({
    specversion: '1.0',
    id: renamed.id,
    source: `urn:user-ledger:account:${renamed.meta.accountId}`,
    type: 'UserRenamed',
    subject: Buffer.from(`User:${renamed.data.userId}`).toString('base64'),
    time: renamed.meta.occurredAt,
    datacontenttype: 'application/json',
    dataschema: 'urn:user-ledger:schema:UserRenamed:1',
    sequence: '00000000000000004711',
    data,
  });
});
it('carries a trace context only where there was one', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  expect(asJson({ ...renamed, meta: { ...renamed.meta, traceparent } })).toMatchObject({ traceparent });
  expect(cloudEvent(renamed)).not.toHaveProperty('traceparent');
});
it('has sequences whose text compares as the positions do', () => {
  const positions = [0n, 9n, 10n, 99n, 100n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 64n - 1n];
  const sequences = positions.map((position) => cloudEvent({ ...renamed, position }).sequence);
  expect([...sequences].reverse().sort()).toEqual(sequences);
  expect(sequences.map(BigInt)).toEqual(positions);
});

describe.each(publishedUserTypes)('$type, version $version', (published) => {
  const { type, version, schema } = published;
  const json = asJson(stored(type, version));
  const envelope = cloudEventSchema(published, schema.$id);
  const faults = faultsBy(envelope, schema);

  it('is a CloudEvent to the official library, built or received', () => {
    expect(new CloudEvent(json, true).validate()).toBe(true);
    const headers = { 'content-type': 'application/cloudevents+json' };
    const received = HTTP.toEvent({ headers, body: JSON.stringify(json) }) as CloudEvent<unknown>;
    expect(received.validate()).toBe(true);
    expect(received.toJSON()).toEqual(expect.objectContaining(json));
  });
  it('is what its schema says, and not with a required attribute missing or another', () => {
    expect(faults(json)).toEqual([]);
    for (const name of envelope.required) {
      const { [name]: _gone, ...others } = json;
      expect([name, faults(others).length]).not.toEqual([name, 0]);
      expect([name, faults({ ...json, [name]: 7 }).length]).not.toEqual([name, 0]);
    }
    expect(Object.keys(json).sort()).toEqual([...envelope.required].sort());
  });
});

it.each<[string, object]>([
  ['no type', { type: undefined }],
  ['an empty type', { type: '' }],
  ['no source', { source: undefined }],
  ['an empty subject', { subject: '' }],
  ['a time that is none', { time: 'yesterday' }],
  ['an attribute that is not spelt in lower case', { traceParent: 'x' }],
  ['an attribute that is a fraction', { sequence: 1.5 }],
  ['a schema that is no URI', { dataschema: 'a b' }],
])('would be refused by the official library with %s', (_what, broken) => {
  expect(() => new CloudEvent({ ...asJson(renamed), ...broken }, true)).toThrow();
});
