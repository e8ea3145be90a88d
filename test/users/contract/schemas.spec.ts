import { describe, expect, it } from '@jest/globals';
import { personalActor, personalMeta } from '../../../src/event-sourcing/meta-fields.js';
import { publishedTypes } from '../../../src/users/contract/data-schemas.js';
import type { ObjectSchema } from '../../../src/users/contract/json-schema.js';
import { metadataSchema } from '../../../src/users/contract/metadata-schema.js';
import { eventCatalogue } from '../../../src/users/domain/event-catalogue.js';
import { faultsBy } from '../../support/json-schemas.js';
import { decodeExample, type RecordedExample, recordedExample } from '../../support/recorded-events.js';

const TIME = '2026-01-02T03:04:05.678Z';
const ODD_VALUES = [undefined, null, true, 7, 7.5, 'text', TIME, [], ['text'], [7], {}];

const readable = (example: RecordedExample): boolean => {
  try {
    decodeExample(example);
    return true;
  } catch {
    return false;
  }
};
const personalIn = ({ properties }: Pick<ObjectSchema, 'properties'>): string[] =>
  Object.keys(properties).filter((name) => properties[name]?.['x-personal-data']);

/** `object` with one member set to each odd value in turn, and left out. */
const variants = (object: Record<string, unknown>): Record<string, unknown>[] =>
  Object.keys(object).flatMap((name) =>
    ODD_VALUES.map((value) => {
      const { [name]: _gone, ...others } = object;
      return value === undefined ? others : { ...others, [name]: value };
    }),
  );

it('publishes the whole catalogue', () => {
  expect(publishedTypes.map(({ type, version }) => [type, version])).toEqual(
    Object.entries(eventCatalogue).map(([type, { version }]) => [type, version]),
  );
});

describe.each(publishedTypes)('$type, version $version', ({ type, version, says, schema }) => {
  const example = recordedExample(`${type}.${version}.json`);
  const faults = faultsBy(schema);

  it('is named, and says what happened', () => {
    expect(schema.$id).toBe(`urn:user-ledger:schema:${type}:${version}`);
    expect(says).toMatch(/^[A-Z].*\.$/);
    expect(schema.description).toContain(says);
  });
  it('is true of the recorded example, and of one with a field more', () => {
    expect(faults(example.data)).toEqual([]);
    expect(faults({ ...example.data, addedLater: 1 })).toEqual([]);
  });
  it('allows what the codec allows, and nothing else', () => {
    for (const data of variants(example.data))
      expect([data, faults(data).length === 0]).toEqual([data, readable({ ...example, data })]);
  });
  it('marks what is personal', () => {
    const { personal } = eventCatalogue[type as keyof typeof eventCatalogue];
    expect(personalIn(schema).sort()).toEqual([...personal].map(String).sort());
  });
});

describe('metadata', () => {
  const example = recordedExample('UserRenamed.1.json');
  const actorOf = (metadata: Record<string, unknown>) => metadata.actor as Record<string, unknown>;
  const faults = faultsBy(metadataSchema);

  it.each(publishedTypes)('of $type is as the schema says', ({ type, version }) => {
    expect(faults(recordedExample(`${type}.${version}.json`).metadata)).toEqual([]);
  });
  it('allows what the codec allows, and nothing else', () => {
    const full = { commandFingerprint: 'ef', traceparent: '00-1-2-01', ...example.metadata };
    const { schemaVersion, ...others } = full;
    const all = [
      ...variants(others).map((each) => ({ ...each, schemaVersion })),
      ...variants(actorOf(full)).map((actor) => ({ ...full, actor })),
    ];
    for (const metadata of all)
      expect([metadata, faults(metadata).length === 0]).toEqual([metadata, readable({ ...example, metadata })]);
  });
  it('marks what is personal', () => {
    expect(personalIn(metadataSchema).sort()).toEqual([...personalMeta].sort());
    expect(personalIn({ properties: metadataSchema.properties.actor?.properties ?? {} })).toEqual([...personalActor]);
  });
});
