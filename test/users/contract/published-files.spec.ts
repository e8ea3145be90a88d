import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { publishedTypes } from '../../../src/users/contract/data-schemas.js';
import { fileText, publishedFiles } from '../../../src/users/contract/published-files.js';

const DOCS = fileURLToPath(new URL('../../../docs', import.meta.url));

it.each([...publishedFiles])('docs/%s is what `npm run contract` writes', (path, content) => {
  expect(readFileSync(join(DOCS, path), 'utf8')).toBe(fileText(content));
});
it('publishes a schema of every version there has been, and of nothing else', () => {
  const data = publishedTypes.flatMap(({ type, version }) =>
    Array.from({ length: version }, (_, former) => `${type}.${former + 1}.json`),
  );
  const published = readdirSync(join(DOCS, 'schemas')).filter((file) => !file.endsWith('.CloudEvent.json'));
  expect(published.sort()).toEqual(['Metadata.1.json', ...data].sort());
});
