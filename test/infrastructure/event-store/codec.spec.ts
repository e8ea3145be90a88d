import { describe, expect, it } from '@jest/globals';
import { UnreadableEvent } from '../../../src/event-sourcing/errors.js';
import type { NewEvent } from '../../../src/event-sourcing/event-store.js';
import { Codec } from '../../../src/infrastructure/event-store/codec.js';
import type { StoredEvent } from '../../../src/infrastructure/event-store/decode.js';
import { aMeta, catalogue, everything, upcasters } from './examples.js';
import { renamed } from './fixtures.js';

const codec = new Codec(catalogue, upcasters);
const metaOf = (schemaVersion: number) => aMeta({ schemaVersion });

const stored = (changes: Partial<StoredEvent> = {}): StoredEvent => ({
  streamId: 'user-1',
  id: 'an id',
  revision: 4n,
  position: { commit: 17n },
  type: 'Everything',
  data: everything,
  metadata: metaOf(3),
  ...changes,
});

describe('decoding', () => {
  it('gives the fact with its place and its metadata', () => {
    expect(codec.decode(stored())).toEqual({
      type: 'Everything',
      data: everything,
      id: 'an id',
      stream: 'user-1',
      revision: 4n,
      position: 17n,
      meta: metaOf(3),
    });
  });

  it('keeps fields that were added by others', () => {
    expect(codec.decode(stored({ data: { ...everything, more: 1 } })).data).toMatchObject({ more: 1 });
  });

  it('raises every older version to the one of today, in data and metadata', () => {
    const { text, maybe: _, ...rest } = everything;
    for (const [version, data] of [
      [1, { ...rest, name: text }],
      [2, { ...rest, text }],
    ] as const) {
      const event = codec.decode(stored({ data, metadata: metaOf(version) }));
      expect(event.data).toEqual(everything);
      expect(event.meta).toEqual(metaOf(3));
    }
  });

  it.each<[string, Partial<StoredEvent>]>([
    ['an unknown type', { type: 'Exploded' }],
    ['a type that every object has', { type: 'constructor' }],
    ['an unknown newer version', { metadata: metaOf(4) }],
    ['a version that never was', { metadata: metaOf(0) }],
    ['an upcaster that is missing', { type: 'Renamed', metadata: metaOf(0) }],
    ['an upcaster that throws', { metadata: metaOf(1), data: [] }],
    ['data that is broken JSON', { data: '{"text":' }],
    ['data that is a list', { data: [] }],
    ['data that is null', { data: null }],
    ['data that is bytes', { data: new Uint8Array(3) }],
    ['metadata that is broken JSON', { metadata: new Uint8Array(3) }],
    ['metadata that is missing', { metadata: undefined }],
    ['metadata without an actor', { metadata: { ...metaOf(3), actor: undefined } }],
    ['metadata with half an actor', { metadata: { ...metaOf(3), actor: { userId: 'ada' } } }],
    ['metadata with an odd fingerprint', { metadata: { ...metaOf(3), commandFingerprint: 7 } }],
    ['metadata without a time', { metadata: { ...metaOf(3), occurredAt: '1 January 2026' } }],
    ['no position', { position: { commit: 0xffff_ffff_ffff_ffffn } }],
  ])('stops at %s, naming the place', (_, changes) => {
    const { streamId, revision, position } = stored(changes);
    const place = { stream: streamId, revision, position: position?.commit === 17n ? 17n : undefined };
    expect(() => codec.decode(stored(changes))).toThrow(UnreadableEvent);
    expect(() => codec.decode(stored(changes))).toThrow(expect.objectContaining(place));
  });

  it.each(Object.keys(everything))('stops where %s is missing or of another kind', (field) => {
    for (const value of [undefined, { odd: true }, 2 ** 53, 'no time'].slice(
      0,
      field === 'text' || field === 'maybe' ? 2 : 4,
    )) {
      const data = { ...everything, [field]: value };
      if (field === 'count' || value !== 7) expect(() => codec.decode(stored({ data }))).toThrow(field);
    }
  });

  it('does not quote what it could not read: it may be personal', () => {
    const data = { ...everything, count: 'Ada Lovelace' };
    expect(() => codec.decode(stored({ data }))).toThrow(
      /^event 4 of stream user-1 cannot be read: count is no integer$/,
    );
  });
});

describe('encoding', () => {
  it('gives the client plain data, and metadata as bytes', () => {
    const event = renamed();
    const [encoded] = codec.encode([event]).events;
    expect(encoded).toMatchObject({ id: event.id, type: 'Renamed', data: event.data, contentType: 'application/json' });
    expect(encoded?.metadata?.constructor).toBe(Uint8Array);
    expect(JSON.parse(Buffer.from(encoded?.metadata as Uint8Array).toString())).toEqual(event.meta);
  });

  it.each<[string, Partial<NewEvent>]>([
    ['an unknown type', { type: 'Exploded' }],
    ['an id that is no UUID', { id: 'seven' }],
    ['an older version', { meta: metaOf(0) }],
    ['data that is no object', { data: [] }],
    ['a field of another kind', { data: { from: 1, to: '' } }],
    ['metadata that could not be read', { meta: { ...aMeta(), rule: undefined as never } }],
  ])('refuses %s, which could never be read again', (_, changes) => {
    expect(() => codec.encode([{ ...renamed(), ...changes }])).toThrow(TypeError);
  });
});
