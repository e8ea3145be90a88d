import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { Codec } from '../../../src/infrastructure/event-store/codec.js';
import { eventCatalogue, upcasters } from '../../../src/users/domain/event-catalogue.js';

const DIRECTORY = fileURLToPath(new URL('../../recorded-events', import.meta.url));

type Example = { stream: string; type: string; data: Record<string, unknown>; metadata: { schemaVersion: number } };
const files = readdirSync(DIRECTORY);
const example = (file: string): Example => JSON.parse(readFileSync(join(DIRECTORY, file), 'utf8')) as Example;
const codec = new Codec(eventCatalogue, upcasters);

const decode = ({ stream, type, data, metadata }: Example) =>
  codec.decode({
    streamId: stream,
    id: '0c6f0d5e-7c1b-5d54-8b57-0b6f3f6b9d10',
    revision: 0n,
    type,
    data,
    metadata,
    isJson: true,
    created: new Date(0),
    position: { commit: 1n, prepare: 1n },
  } as never);

it.each(files)('%s decodes, as it must for ever', (file) => {
  const stored = example(file);
  expect(file).toBe(`${stored.type}.${stored.metadata.schemaVersion}.json`);
  expect(decode(stored)).toMatchObject({ stream: stored.stream, type: stored.type, data: stored.data, position: 1n });
});
it.each(Object.entries(eventCatalogue))('%s has an example of every version', (type, { version }) => {
  for (let each = 1; each <= version; each++) expect(files).toContain(`${type}.${each}.json`);
});
it.each(files)('%s does not decode with a field missing, or of another kind', (file) => {
  const stored = example(file);
  for (const field of Object.keys(stored.data)) {
    const { [field]: _gone, ...others } = stored.data;
    expect(() => decode({ ...stored, data: others })).toThrow(/cannot be read/);
    expect(() => decode({ ...stored, data: { ...stored.data, [field]: { odd: true } } })).toThrow(/cannot be read/);
  }
});
it.each(files)('%s does not decode as a version yet to come', (file) => {
  const stored = example(file);
  expect(() => decode({ ...stored, metadata: { ...stored.metadata, schemaVersion: 99 } })).toThrow(/cannot be read/);
});
it.each(Object.entries(eventCatalogue))('%s declares as personal only what it has', (_type, { fields, personal }) => {
  expect(Object.keys(fields)).toEqual(expect.arrayContaining(personal.map(String)));
});
