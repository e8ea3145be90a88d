import { expect } from '@jest/globals';
import { type AnyFact, NO_STREAM } from '../../src/event-sourcing/fact.js';
import type { Current } from '../../src/event-sourcing/streams.js';

type ErrorClass = abstract new (...args: never[]) => Error;

/** Given what has happened, when this is wished for, that is what happens, or why it does not. */
export function scenarios<State, E extends AnyFact, Wish>(aggregate: {
  evolve: (state: State | undefined, event: E) => State;
  decide: (current: Current<State>, wish: Wish) => readonly E[];
}) {
  const after = (events: readonly E[]): Current<State> => ({
    state: events.reduce<State | undefined>(aggregate.evolve, undefined),
    revision: NO_STREAM + BigInt(events.length),
  });
  return (...history: E[]) => ({
    when: (wish: Wish) => ({
      /** Asks a second time too, and expects nothing: a wish fulfilled is no wish. */
      emits(...expected: E[]): void {
        const events = aggregate.decide(after(history), wish);
        expect(events).toEqual(expected);
        expect(aggregate.decide(after([...history, ...events]), wish)).toEqual([]);
      },
      emitsNothing(): void {
        expect(aggregate.decide(after(history), wish)).toEqual([]);
      },
      refuses(error: ErrorClass): void {
        expect(() => aggregate.decide(after(history), wish)).toThrow(error);
      },
    }),
  });
}
