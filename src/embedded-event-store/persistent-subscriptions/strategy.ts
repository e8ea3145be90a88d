import type { Connection } from './connection.js';
import type { StrategyName } from './group-config.js';
import type { Message } from './message.js';
import { byCorrelation, byStream, Pinned } from './pinned.js';

/** Chooses who gets a message. */
export type Strategy = {
  add(connection: Connection): void;
  remove(connection: Connection): void;
  /** Somebody with room for the message, if there is anybody. */
  choose(message: Message): Connection | undefined;
  /** Whether a message that finds nobody leaves a chance to those behind it. */
  readonly passesOver: boolean;
};

export function strategyOf(name: StrategyName): Strategy {
  switch (name) {
    case 'DispatchToSingle':
      return new Queue(false);
    case 'RoundRobin':
      return new Queue(true);
    case 'Pinned':
      return new Pinned(byStream);
    case 'PinnedByCorrelation':
      return new Pinned(byCorrelation);
  }
}

/** Consumers stand in a line. Who is full goes to its end; by turns, so does who was given a message. */
class Queue implements Strategy {
  readonly passesOver = false;
  readonly #byTurns: boolean;
  readonly #line: Connection[] = [];

  constructor(byTurns: boolean) {
    this.#byTurns = byTurns;
  }

  add(connection: Connection): void {
    this.#line.push(connection);
  }

  remove(connection: Connection): void {
    this.#line.splice(this.#line.indexOf(connection), 1);
  }

  choose(): Connection | undefined {
    const first = this.#line.findIndex(({ hasRoom }) => hasRoom);
    if (first < 0) return undefined;
    this.#line.push(...this.#line.splice(0, first));
    const chosen = this.#line[0];
    if (chosen && this.#byTurns) this.#line.push(...this.#line.splice(0, 1));
    return chosen;
  }
}
