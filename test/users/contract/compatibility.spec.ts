import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { publishedTypes } from '../../../src/users/contract/data-schemas.js';
import { publishedFiles } from '../../../src/users/contract/published-files.js';
import { breakingChanges, type Schema } from '../../support/breaking-changes.js';
import { faultsBy } from '../../support/json-schemas.js';
import { recordedExample, recordedFiles } from '../../support/recorded-events.js';

// Added to, never edited: a new version's schema is copied here from docs/schemas, once, and consumers rely on it.
const DIRECTORY = fileURLToPath(new URL('../../recorded-schemas', import.meta.url));
const recordedSchemas = readdirSync(DIRECTORY);
const recordedSchema = (file: string) => JSON.parse(readFileSync(join(DIRECTORY, file), 'utf8')) as Schema;
const schemasOfToday = [...publishedFiles].filter(([path]) => path.startsWith('schemas/'));

it.each(schemasOfToday)('%s is recorded, and has only gained optional fields since', (path, today) => {
  const file = path.replace('schemas/', '');
  expect(recordedSchemas).toContain(file);
  expect(breakingChanges(recordedSchema(file), today as Schema)).toEqual([]);
});
it('keeps the schema of every version there has been', () => {
  for (const { type, version } of publishedTypes)
    for (let each = 1; each <= version; each++) expect(recordedSchemas).toContain(`${type}.${each}.json`);
});
describe.each(recordedFiles)('the recorded event %s', (file) => {
  it('is true by the schema of its version, as recorded', () => {
    expect(faultsBy(recordedSchema(file))(recordedExample(file).data)).toEqual([]);
  });
  it('has metadata that is true by its schema, as recorded', () => {
    expect(faultsBy(recordedSchema('Metadata.1.json'))(recordedExample(file).metadata)).toEqual([]);
  });
});
