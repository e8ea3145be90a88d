import { beforeEach, expect, it } from '@jest/globals';
import { UnfinishedAppends } from '../../src/embedded-event-store/unfinished-appends.js';

const MEBIBYTE = 1_048_576;

let unfinished: UnfinishedAppends;
let givenUp: string[];
beforeEach(() => {
  unfinished = new UnfinishedAppends();
  givenUp = [];
});

function hold(append: { readonly name: string }, mebibytes: number): void {
  unfinished.hold(append, mebibytes * MEBIBYTE, () => givenUp.push(append.name));
}

it('gives the oldest up, and no more than it must', () => {
  for (const name of ['first', 'second', 'third', 'fourth']) hold({ name }, 20);
  expect(givenUp).toEqual(['first']);
  hold({ name: 'fifth' }, 40);
  expect(givenUp).toEqual(['first', 'second', 'third']);
});

it('counts an append that grows once, in the place it had', () => {
  const growing = { name: 'growing' };
  for (let mebibytes = 1; mebibytes <= 30; mebibytes++) hold(growing, mebibytes);
  hold({ name: 'another' }, 30);
  expect(givenUp).toEqual([]);
  hold({ name: 'too much' }, 30);
  expect(givenUp).toEqual(['growing']);
});

it('does not count what is finished', () => {
  for (let turn = 0; turn < 100; turn++) {
    const append = { name: `${turn}` };
    hold(append, 50);
    unfinished.release(append);
    unfinished.release(append);
  }
  expect(givenUp).toEqual([]);
});

it('counts appends of which nothing has come', () => {
  for (let turn = 0; turn < 70_000; turn++) hold({ name: `${turn}` }, 0);
  expect(givenUp.length).toBeGreaterThan(1_000);
});
