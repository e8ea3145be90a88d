import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { belongsTo } from '../../support/event-store-client.js';
import type { Direction, Expected, Seen } from '../../support/event-store-client.js';
import { eventually } from '../../support/load.js';
import { Follower, placesOf } from './follower.js';
import { Model } from './model.js';
import type { Held, Outcome, Wish } from './model.js';
import { ask, dataOf, readOrRefusal, StoreWithTwoClients } from './two-clients.js';

type Client = 0 | 1;

/** Something to ask for, told such that it makes sense in any state the streams are in. */
export type Request = {
  readonly client: Client;
  readonly stream: number;
  readonly what: 'append' | 'delete' | 'tombstone' | 'metadata';
  /** How far off the last revision the writer is, if it is not one of the words. */
  readonly expected: 'any' | 'no_stream' | 'stream_exists' | number;
  /** How many events, or the limit that metadata sets. */
  readonly count: number;
  /** An earlier append to make again: the whole of it, or with another event at its end. */
  readonly again?: { readonly which: number; readonly whole: boolean } | undefined;
};

export type Step =
  | { readonly kind: 'ask'; readonly requests: readonly Request[] }
  | {
      readonly kind: 'read';
      readonly client: Client;
      readonly stream: number | 'all';
      readonly direction: Direction;
      readonly from: number;
      readonly count: number;
    }
  | {
      readonly kind: 'end';
      readonly how: 'kill' | 'stop';
      readonly afterMs: number;
      readonly requests: readonly Request[];
    };

type Asked = { readonly client: Client; readonly wish: Wish; outcome?: Outcome };

/** A store and a model of it that must never differ, and two subscribers that must miss nothing. */
export class Trial {
  readonly model = new Model();
  readonly #store: StoreWithTwoClients;
  readonly #followers = [
    new Follower({ kind: 'all' }, 'start'),
    new Follower({ kind: 'filtered', prefix: 'odd' }, 'start'),
  ];
  #streams: string[] = [];
  #appends: Extract<Wish, { kind: 'append' }>[] = [];

  private constructor(store: StoreWithTwoClients) {
    this.#store = store;
  }

  static async start(): Promise<Trial> {
    const trial = new Trial(await StoreWithTwoClients.start());
    await trial.#follow();
    return trial;
  }

  /** Takes the steps, with streams that nobody has written to. */
  async run(steps: readonly Step[]): Promise<void> {
    this.#streams = ['odd', 'even', 'odd', 'even'].map((prefix) => `${prefix}-${randomUUID()}`);
    this.#appends = [];
    for (const step of steps) await this.#take(step);
    for (const stream of this.#streams) await this.#readStream(0, stream, 'forwards', 'start', 1e9);
    await this.#expectFollowersTold();
  }

  async end(): Promise<void> {
    for (const follower of this.#followers) await follower.close();
    await this.#store.end();
  }

  async #take(step: Step): Promise<void> {
    if (step.kind === 'read') await this.#read(step);
    else if (step.kind === 'end') await this.#end(step);
    else {
      const asked = step.requests.map((request) => this.#asked(request));
      await Promise.all(asked.map(async (one) => (one.outcome = await ask(this.#store.clients[one.client], one.wish))));
      await this.#explain(asked);
    }
  }

  /** Ends the store while it is asked for something; what was not answered is asked again. */
  async #end({ how, afterMs, requests }: Extract<Step, { kind: 'end' }>): Promise<void> {
    const asked = requests.map((request) => this.#asked(this.#certain(request)));
    const answers = asked.map(async (one) => (one.outcome = await ask(this.#store.clients[one.client], one.wish)));
    const settled = Promise.allSettled(answers);
    await pause(afterMs);
    await this.#store.endStore(how);
    await settled;
    await this.#store.comeBack();
    const [last] = await this.#store.clients[0].readAll({ direction: 'backwards', from: 'end', maxCount: 1 });
    await this.#follow();
    const unanswered = asked.filter(({ outcome }) => !outcome);
    for (const one of unanswered) one.outcome = await ask(this.#store.clients[one.client], one.wish);
    await this.#explain(asked);
    this.model.restart(last?.position ?? 0n);
  }

  async #follow(): Promise<void> {
    for (const [index, follower] of this.#followers.entries())
      await follower.open(this.#store.clients[index as Client]);
  }

  #asked({ client, what, expected, count, again, ...request }: Request): Asked {
    const stream = this.#streams[request.stream] ?? '';
    const earlier = again && this.#appends[again.which % Math.max(this.#appends.length, 1)];
    if (what === 'metadata') {
      const hides = count === 0 ? {} : count % 2 === 1 ? { $maxCount: count } : { $tb: count };
      return { client, wish: { kind: 'metadata', stream, hides } };
    }
    const wanted: Expected =
      typeof expected === 'string' ? expected : within(this.model.current(stream) + BigInt(expected));
    // Not every client can say of what it ends that it is to exist.
    const sayable = wanted === 'stream_exists' ? 'any' : wanted;
    if (what !== 'append') return { client, wish: { kind: what, stream, expected: sayable } };
    const wish = earlier
      ? { ...earlier, ids: again.whole ? earlier.ids : [...earlier.ids.slice(0, -1), randomUUID()] }
      : { kind: what, stream, expected: wanted, ids: Array.from({ length: count + 1 }, () => randomUUID()) };
    this.#appends.push(wish);
    return { client, wish };
  }

  /**
   * Only what names a revision can be asked for again without doing it twice. No stream names one where there never was
   * any: a deleted stream is brought back by such an append, and refuses it the second time.
   */
  #certain(request: Request): Request {
    const isNew = this.model.current(this.#streams[request.stream] ?? '') < 0n;
    const word = isNew ? 'no_stream' : 0;
    const expected = typeof request.expected === 'number' ? request.expected : word;
    return { ...request, what: 'append', expected, again: undefined };
  }

  /**
   * Holds the model against what has been written meanwhile. Wishes that were made at once may have been granted in
   * any order, but in one: each outcome must be that of a state the store went through.
   */
  async #explain(asked: readonly Asked[]): Promise<void> {
    const { lastPosition } = this.model;
    const fresh = await this.#store.clients[0].readAll({ from: lastPosition + 1n });
    const other = await this.#store.clients[1].readAll({ from: lastPosition + 1n });
    expect(placesOf(other)).toEqual(placesOf(fresh));
    const open = new Set(asked);
    for (const one of [...asked].sort(byPosition)) {
      this.#settle(open);
      if (open.has(one) && this.#write(one, fresh)) open.delete(one);
    }
    this.#settle(open);
    const unexplained = [...open].map(({ wish, outcome }) => ({ wish, outcome, model: this.model.decide(wish) }));
    expect({ unexplained, fresh }).toEqual({ unexplained: [], fresh: [] });
  }

  /** Strikes out whatever the model would answer like this without writing. */
  #settle(open: Set<Asked>): void {
    for (const one of open) {
      const verdict = this.model.decide(one.wish);
      if (verdict.kind !== 'write' && same(verdict, one.outcome)) open.delete(one);
    }
  }

  /** Takes the events that the wish is to have written; false if it is to have written none. */
  #write({ wish, outcome }: Asked, fresh: Seen[]): boolean {
    const verdict = this.model.decide(wish);
    if (verdict.kind !== 'write' || outcome?.kind !== 'done') return false;
    const written = fresh.splice(0, verdict.planned.length);
    const held = verdict.planned.map((planned, index): Held => {
      const { id = '', position = 0n } = written[index] ?? {};
      return { ...planned, id: planned.id ?? id, position };
    });
    expect(written).toEqual(held.map(asSeen));
    for (const event of held) {
      expect(event.position).toBeGreaterThan(this.model.lastPosition);
      this.model.hold(event);
    }
    // What a stream is brought back with comes after what was asked for, and nobody is told of it.
    const last = held[wish.kind === 'append' ? wish.ids.length - 1 : 0];
    expect(outcome.position).toBe(last?.position);
    if (wish.kind === 'append') expect(outcome.revision).toBe(last?.revision);
    return true;
  }

  async #read({ client, stream, direction, from, count }: Extract<Step, { kind: 'read' }>): Promise<void> {
    if (stream !== 'all') {
      const name = `${count % 4 === 3 ? '$$' : ''}${this.#streams[stream] ?? ''}`;
      const edge = direction === 'forwards' ? 'start' : 'end';
      await this.#readStream(client, name, direction, from < 0 ? edge : BigInt(from), count + 1);
      return;
    }
    const { log } = this.model;
    const place = log[log.length - from]?.position;
    const edge = direction === 'forwards' ? 'start' : 'end';
    const found = await this.#store.clients[client].readAll({ direction, from: place ?? edge, maxCount: count + 1 });
    const before = log.filter(({ position }) => place === undefined || position < place).reverse();
    const after = log.filter(({ position }) => place === undefined || position >= place);
    expect(found).toEqual((direction === 'forwards' ? after : before).slice(0, count + 1).map(asSeen));
  }

  async #readStream(
    client: Client,
    stream: string,
    direction: Direction,
    fromRevision: bigint | 'start' | 'end',
    maxCount: number,
  ): Promise<void> {
    const found = await readOrRefusal(this.#store.clients[client], stream, { direction, fromRevision, maxCount });
    const visible = this.model.visible(stream);
    if (typeof visible === 'string' || typeof found === 'string') {
      expect(found).toBe(visible);
      return;
    }
    const forwards = visible.filter(({ revision }) => typeof fromRevision !== 'bigint' || revision >= fromRevision);
    const backwards = visible.filter(({ revision }) => typeof fromRevision !== 'bigint' || revision <= fromRevision);
    const wanted = direction === 'forwards' ? forwards : backwards.reverse();
    expect(found).toEqual(wanted.slice(0, maxCount).map(asSeen));
  }

  async #expectFollowersTold(): Promise<void> {
    for (const { seen, source } of this.#followers) {
      const wanted = this.model.log.filter((event) => belongsTo(source, event)).map(asSeen);
      await eventually('a subscriber is told everything', () => seen.length >= wanted.length).catch(() => undefined);
      expect(placesOf(seen)).toEqual(placesOf(wanted));
    }
  }
}

const LARGEST = 2n ** 63n - 1n;
const within = (revision: bigint): bigint => (revision < 0n ? 0n : revision > LARGEST ? LARGEST : revision);

const asSeen = ({ stream, revision, position, id, type, hides }: Held): Seen => ({
  ...{ stream, revision, position, id, type },
  data: hides ?? (type === 'Happened' ? dataOf(id) : new Uint8Array()),
});

const byPosition = (a: Asked, b: Asked): number => {
  const [first, second] = [a, b].map(({ outcome }) => (outcome?.kind === 'done' ? outcome.position : 0n));
  return first === second ? 0 : (first ?? 0n) < (second ?? 0n) ? -1 : 1;
};

/** Metadata has a revision that its writer is not told. */
function same(verdict: Outcome, outcome: Outcome | undefined): boolean {
  if (verdict.kind !== outcome?.kind) return false;
  if (verdict.kind === 'done' && outcome.kind === 'done')
    return verdict.position === outcome.position && verdict.revision === outcome.revision;
  return verdict.kind !== 'conflict' || outcome.kind !== 'conflict' || verdict.current === outcome.current;
}
