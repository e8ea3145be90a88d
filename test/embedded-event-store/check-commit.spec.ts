import { describe, expect, it } from '@jest/globals';
import { checkCommit } from '../../src/embedded-event-store/check-commit.js';
import type { Place } from '../../src/embedded-event-store/check-commit.js';
import type { ExpectedRevision } from '../../src/embedded-event-store/expected-revision.js';

/** A stream that holds events a, b and c at positions 11, 12 and 13; x lies in another stream. */
const stored = ['a', 'b', 'c'];
const elsewhere: Place = { stream: 'other', revision: 0, position: 5 };
const full = {
  stream: 'stream',
  current: 2,
  deleted: false,
  hasMetadata: () => false,
  recent: (id: string): Place | undefined =>
    id === 'x' ? elsewhere : stored.includes(id) ? place(stored.indexOf(id)) : undefined,
  idsFrom: (revision: number, count: number) =>
    stored.map((id, index) => ({ id, position: 11 + index })).slice(revision, revision + count),
};
const none = { ...full, current: -1, recent: () => undefined, idsFrom: () => [] };

function place(revision: number): Place {
  return { stream: 'stream', revision, position: 11 + revision };
}

describe('a stream without events', () => {
  it.each<[ExpectedRevision, string]>([
    ['any', 'write'],
    ['no_stream', 'write'],
    ['stream_exists', 'conflict'],
    [0n, 'conflict'],
    [7n, 'conflict'],
  ])('expecting %s: %s', (expected, type) => {
    expect(checkCommit(expected, ['a'], none)).toEqual({ type });
  });
});

describe('a stream with events a, b, c', () => {
  const repeat = (revision: number) => ({ type: 'repeat', revision, position: 11 + revision });
  const write = { type: 'write' };
  const conflict = { type: 'conflict' };

  it.each<[ExpectedRevision, string, object]>([
    ['any', '', write],
    ['any', 'd', write],
    ['any', 'x', write],
    ['any', 'da', write],
    ['any', 'a', repeat(0)],
    ['any', 'abc', repeat(2)],
    ['any', 'ba', repeat(0)],
    ['any', 'ad', conflict],
    ['any', 'abd', conflict],
    ['any', 'ax', conflict],
    ['any', 'adb', conflict],
    ['stream_exists', 'd', write],
    ['stream_exists', 'bc', repeat(2)],
    ['no_stream', 'a', repeat(0)],
    ['no_stream', 'abc', repeat(2)],
    ['no_stream', 'b', conflict],
    ['no_stream', 'abd', conflict],
    ['no_stream', 'abcd', conflict],
    ['no_stream', '', conflict],
    [0n, 'b', repeat(1)],
    [0n, 'bc', repeat(2)],
    [0n, 'a', conflict],
    [0n, 'bd', conflict],
    [1n, 'c', repeat(2)],
    [1n, 'cd', conflict],
    [1n, '', conflict],
    [2n, 'd', write],
    [2n, '', write],
    [2n, 'a', write],
    [3n, 'd', conflict],
    [2n ** 63n - 1n, 'd', conflict],
  ])('expecting %s of "%s"', (expected, ids, verdict) => {
    expect(checkCommit(expected, Array.from(ids), full)).toEqual(verdict);
  });
});

describe('a stream that was deleted', () => {
  const deleted = { ...full, deleted: true };
  it.each<[ExpectedRevision, string, object]>([
    ['any', 'd', { type: 'write' }],
    ['any', 'a', { type: 'repeat', revision: 0, position: 11 }],
    ['stream_exists', 'd', { type: 'deleted' }],
    ['no_stream', 'd', { type: 'write' }],
    ['no_stream', '', { type: 'write' }],
    ['no_stream', 'ab', { type: 'repeat', revision: 1, position: 12 }],
    ['no_stream', 'ad', { type: 'conflict' }],
    [1n, 'd', { type: 'conflict' }],
    [2n, 'd', { type: 'write' }],
  ])('expecting %s of "%s"', (expected, ids, verdict) => {
    expect(checkCommit(expected, Array.from(ids), deleted)).toEqual(verdict);
  });
});

it('exists for a writer who asks no more once it has metadata', () => {
  const described = { ...none, hasMetadata: () => true };
  expect(checkCommit('stream_exists', ['a'], described)).toEqual({ type: 'write' });
  expect(checkCommit(0n, ['a'], described)).toEqual({ type: 'conflict' });
  expect(checkCommit('stream_exists', ['a'], { ...described, deleted: true })).toEqual({ type: 'deleted' });
});
