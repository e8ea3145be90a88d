import { describe, expect, it } from '@jest/globals';
import { breakingChanges, type Schema } from '../../support/breaking-changes.js';

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const recorded = {
  $id: 'urn:x:1',
  title: 'Renamed',
  type: 'object',
  properties: {
    id: text,
    name: { ...text, 'x-personal-data': true },
    note: text,
    until: { ...time, type: ['string', 'null'] },
    tags: { type: 'array', items: text },
    actor: { type: 'object', properties: { key: text }, required: ['key'], additionalProperties: true },
  },
  required: ['id', 'name', 'until', 'tags', 'actor'],
  additionalProperties: true,
};
const { id, name, ...others } = recorded.properties;
const withFields = (fields: object, required = recorded.required) => ({
  ...recorded,
  properties: { ...recorded.properties, ...fields },
  required,
});
const actor = (changed: object) => withFields({ actor: { ...recorded.properties.actor, ...changed } });

describe('what breaks nobody', () => {
  it.each<[string, object]>([
    ['nothing', recorded],
    ['a new optional field', withFields({ reason: text })],
    ['a new optional field that may be null', withFields({ reason: { type: ['string', 'null'] } })],
    ['a new optional field of a field', actor({ properties: { key: text, device: text } })],
    [
      'other words',
      { ...withFields({ id: { ...text, description: 'Whose.' } }), title: 'Other', description: 'Said.' },
    ],
    [
      'fields in another order',
      { ...recorded, properties: { ...others, name, id }, required: [...recorded.required].reverse() },
    ],
    ['a mark that a field is personal', withFields({ note: { ...text, 'x-personal-data': true } })],
  ])('%s', (_what, today) => {
    expect(breakingChanges(recorded, today as Schema)).toEqual([]);
  });
});

describe('what breaks somebody', () => {
  const without = (...gone: string[]) => recorded.required.filter((field) => !gone.includes(field));
  it.each<[string, object, string[]]>([
    ['a field removed', { ...recorded, properties: { name, ...others } }, ['id is gone']],
    ['an optional field removed', withFields({ note: undefined }), ['note is gone']],
    [
      'a field renamed',
      { ...recorded, properties: { key: id, name, ...others }, required: ['key', ...without('id')] },
      ['the schema may lack id now', 'the schema must have key, and once need not', 'id is gone'],
    ],
    ['a field of another type', withFields({ id: { type: 'integer' } }), ['id holds something else now']],
    ['a list of other items', withFields({ tags: { type: 'array', items: time } }), ['tags holds something else now']],
    ['a time become any text', withFields({ until: { type: ['string', 'null'] } }), ['until holds something else now']],
    ['a new constraint', withFields({ id: { ...text, pattern: '^x' } }), ['id holds something else now']],
    ['a field that may be null', withFields({ id: { type: ['string', 'null'] } }), ['id may be null now']],
    ['a field no longer null, as stored ones are', withFields({ until: time }), ['until holds something else now']],
    ['a field that may be missing', withFields({}, without('id')), ['the schema may lack id now']],
    [
      'an optional field required, which stored events lack',
      withFields({}, [...recorded.required, 'note']),
      ['the schema must have note, and once need not'],
    ],
    [
      'a new field required',
      withFields({ reason: text }, [...recorded.required, 'reason']),
      ['the schema must have reason, and once need not'],
    ],
    ['a field of a field removed', actor({ properties: {} }), ['key is gone']],
    ['a field of a field that may be missing', actor({ required: [] }), ['actor may lack key now']],
    ['no room for more fields', { ...recorded, additionalProperties: false }, ['the schema holds something else now']],
    ['another name', { ...recorded, $id: 'urn:y:1' }, ['the schema holds something else now']],
    ['a personal field no longer marked', withFields({ name: text }), ['name is no longer marked as personal']],
  ])('%s', (_what, today, faults) => {
    expect(breakingChanges(recorded, today as Schema)).toEqual(faults);
  });
});
