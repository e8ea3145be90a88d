import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nameFault, normaliseName } from '../../../src/users/domain/user-name.js';

describe('normalising a name', () => {
  it.each([
    ['  Ada  ', 'Ada'],
    ['\u00a0\u3000Ada\u2003\u0085', 'Ada'],
    ['Ada  King', 'Ada  King'],
    ['e\u0301', '\u00e9'],
  ])('makes %j into %j', (text, name) => {
    expect(normaliseName(text)).toBe(name);
  });
  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const once = normaliseName(text);
        expect(normaliseName(once)).toBe(once);
      }),
    );
  });
});

describe('what a name may be', () => {
  it.each(['Ada', 'é', '李', '👩‍👩‍👧', 'x'.repeat(255), '😀'.repeat(255), 'O’Neil-Ström 3rd'])('takes %j', (name) => {
    expect(nameFault(normaliseName(name))).toBeUndefined();
  });
  it.each([
    ['', /empty/],
    [' \u00a0\u3000', /empty/],
    ['x'.repeat(256), /255/],
    ['😀'.repeat(256), /255/],
    ['a\0b', /control/],
    ['a\u001bb', /control/],
    ['a\u0085b', /control/],
    ['a\ud800b', /surrogate/],
    ['\udc00', /surrogate/],
    ['a\u202eb', /bidirectional/],
    ['a\u2066b', /bidirectional/],
    ['\u200b\u200d', /visible/],
    ['\u3164', /visible/],
    ['\u2800', /visible/],
  ])('refuses %j', (name, why) => {
    expect(nameFault(normaliseName(name))).toMatch(why);
  });
});
