import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { publishedTypes, type PublishedType } from '../../../src/users/contract/data-schemas.js';
import type { FieldSchema } from '../../../src/users/contract/json-schema.js';
import { metadataSchema } from '../../../src/users/contract/metadata-schema.js';
import { recordedExample } from '../../support/recorded-events.js';

const page = readFileSync(fileURLToPath(new URL('../../../docs/events.md', import.meta.url)), 'utf8');

const section = (title: string): string => page.split(/^## /m).find((each) => each.startsWith(`${title}\n`)) ?? '';
const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

const field = ([name, schema]: [string, FieldSchema]): string =>
  schema['x-personal-data'] ? `_\`${name}\`_` : `\`${name}\``;
const row = ({ type, version, says, schema }: PublishedType): string[] => [
  `\`${type}\``,
  String(version),
  `\`${recordedExample(`${type}.${version}.json`).stream.replace(/-.*/, '-')}\``,
  Object.entries(schema.properties).map(field).join(', '),
  says,
];

it('lists every event type, its version, its stream, its fields and what it says', () => {
  expect(rowsOf(section('Event types'))).toEqual(publishedTypes.map(row));
});
it('tells every field of the metadata', () => {
  const told = rowsOf(section('Metadata'))
    .map(([fields = '']) => fields)
    .join(', ');
  expect(told.split(', ').sort()).toEqual(Object.entries(metadataSchema.properties).map(field).sort());
});
it('tells every stream', () => {
  const told = rowsOf(section('Streams')).map(([stream = '']) => stream.replace(/-.*/, '-`'));
  expect(told.sort()).toEqual([...new Set(publishedTypes.map((each) => row(each)[2]))].sort());
});
