import { expect, it } from '@jest/globals';
import { eventCatalogue } from '../../../src/users/domain/event-catalogue.js';
import {
  decodeExample as decode,
  recordedExample as example,
  recordedFiles as files,
} from '../../support/recorded-events.js';

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
