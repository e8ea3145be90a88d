import type { Expected } from '../../support/event-store-client.js';

/** Something asked of the store that may change it. `hides` is metadata, for an append to the stream of metadata. */
export type Wish =
  | { readonly kind: 'append'; readonly stream: string; readonly expected: Expected; readonly ids: readonly string[] }
  | { readonly kind: 'metadata'; readonly stream: string; readonly hides: Hides }
  | { readonly kind: 'delete' | 'tombstone'; readonly stream: string; readonly expected: Expected };

export type Hides = { readonly $maxCount?: number; readonly $tb?: number };

/** What came of it. Revisions and positions are those of the last event. */
export type Outcome =
  | { readonly kind: 'done'; readonly revision?: bigint; readonly position: bigint }
  | { readonly kind: 'conflict'; readonly current?: bigint }
  | { readonly kind: 'deleted' };

/** An event yet to be written; the store chooses the ids of those that nobody asked for. */
export type Planned = {
  readonly stream: string;
  readonly revision: bigint;
  readonly id?: string;
  readonly type: string;
  readonly hides?: Hides;
};

export type Held = Required<Pick<Planned, 'id'>> & Planned & { readonly position: bigint };

type Verdict = Outcome | { readonly kind: 'write'; readonly planned: readonly Planned[] };

const NONE = -1n;
const DELETED = 2n ** 63n - 1n;
/** As a JavaScript number, which is what readers of the metadata make of it. */
const DELETED_NUMBER = Number(DELETED);

/**
 * EventStoreDB in memory, as far as events, revisions, idempotence, deletions and metadata go: written from the
 * description of its behaviour, and from nothing that the store is made of.
 */
export class Model {
  readonly log: Held[] = [];
  readonly #streams = new Map<string, Held[]>();
  readonly #closed = new Set<string>();
  #recent = new Map<string, Held>();

  get lastPosition(): bigint {
    return this.log.at(-1)?.position ?? 0n;
  }

  current(stream: string): bigint {
    return this.#events(stream).at(-1)?.revision ?? NONE;
  }

  /** What must come of a wish, in the state the store is in. */
  decide(wish: Wish): Verdict {
    if (this.#isClosed(wish.stream)) return { kind: 'deleted' };
    switch (wish.kind) {
      case 'append':
        return this.#decideAppend(wish);
      case 'metadata':
        return { kind: 'write', planned: this.#metadata(wish.stream, wish.hides) };
      case 'delete':
      case 'tombstone':
        return this.#decideRemoval(wish);
    }
  }

  /** Takes an event that has been written. */
  hold(event: Held): void {
    this.log.push(event);
    this.#streams.set(event.stream, [...this.#events(event.stream), event]);
    if (event.type === '$streamDeleted') this.#closed.add(event.stream);
    if (!this.#recent.has(event.id)) this.#recent.set(event.id, event);
  }

  /** A store that starts anew has forgotten the ids of all events up to a position, for writers that expect nothing. */
  restart(upTo: bigint): void {
    this.#recent = new Map();
    for (const event of this.log) {
      if (event.position > upTo && !this.#recent.has(event.id)) this.#recent.set(event.id, event);
    }
  }

  /** What readers of a stream see. */
  visible(stream: string): readonly Held[] | 'stream-deleted' | 'stream-not-found' {
    if (this.#isClosed(stream)) return 'stream-deleted';
    const events = this.#events(stream);
    if (events.length === 0 || this.#isDeleted(stream)) return 'stream-not-found';
    if (stream.startsWith('$$')) return events.slice(-1);
    const { $maxCount = Number.MAX_SAFE_INTEGER, $tb = 0 } = this.#hides(stream);
    return events.slice(-$maxCount).filter(({ revision }) => revision >= $tb);
  }

  #decideAppend({ stream, expected, ids }: Extract<Wish, { kind: 'append' }>): Verdict {
    const current = this.current(stream);
    const conflict = { kind: 'conflict', current } as const;
    const write = { kind: 'write', planned: this.#append(stream, ids) } as const;
    const deleted = this.#isDeleted(stream);
    if (expected === 'stream_exists' && deleted) return { kind: 'deleted' };
    if (current === NONE) {
      if (expected === 'stream_exists') return this.#hasMetadata(stream) ? write : conflict;
      return typeof expected === 'bigint' ? conflict : write;
    }
    if (expected === 'any' || expected === 'stream_exists') return this.#known(stream, ids) ?? write;
    const from = expected === 'no_stream' ? NONE : expected;
    if (from > current) return conflict;
    if (from === current) return write;
    const there = this.#events(stream).filter(({ revision }) => revision > from && revision <= from + size(ids));
    const last = there.at(-1);
    if (last && there.length === ids.length && there.every(({ id }, index) => id === ids[index])) return done(last);
    return expected === 'no_stream' && deleted && there[0]?.id !== ids[0] ? write : conflict;
  }

  /** Appends that expect nothing are known again by the ids of their events, for a while. */
  #known(stream: string, ids: readonly string[]): Outcome | undefined {
    const found = ids.map((id) => this.#recent.get(id)).map((event) => (event?.stream === stream ? event : undefined));
    const last = found.at(-1);
    if (!found[0]) return undefined;
    return found.includes(undefined) || !last ? { kind: 'conflict', current: this.current(stream) } : done(last);
  }

  #decideRemoval({ kind, stream, expected }: Extract<Wish, { kind: 'delete' | 'tombstone' }>): Verdict {
    const current = this.current(stream);
    const planned = kind === 'delete' ? [this.#metadataEvent(stream, { $tb: DELETED_NUMBER })] : [this.#last(stream)];
    const exists = current !== NONE || this.#hasMetadata(stream);
    const deleted = this.#isDeleted(stream);
    if (expected === 'stream_exists' && deleted) return { kind: 'deleted' };
    const fits =
      typeof expected === 'bigint'
        ? expected === current && current !== NONE
        : expected === 'no_stream'
          ? exists && (current === NONE || deleted)
          : exists;
    const never = kind === 'tombstone' && !exists && (expected === 'any' || expected === 'no_stream');
    return fits || never ? { kind: 'write', planned } : { kind: 'conflict' };
  }

  /** Events written to a deleted stream bring it back, without those it had. */
  #append(stream: string, ids: readonly string[]): Planned[] {
    const current = this.current(stream);
    const events = ids.map((id, index) => ({ stream, revision: current + 1n + BigInt(index), id, type: 'Happened' }));
    if (!this.#isDeleted(stream)) return events;
    return [...events, this.#metadataEvent(stream, { ...this.#hides(stream), $tb: Number(current) + 1 })];
  }

  #metadata(stream: string, hides: Hides): Planned[] {
    const first = this.#metadataEvent(stream, hides);
    if (!this.#isDeleted(stream)) return [first];
    const second = { ...first, revision: first.revision + 1n };
    return [first, { ...second, hides: { ...hides, $tb: Number(this.current(stream)) + 1 } }];
  }

  #metadataEvent(stream: string, hides: Hides): Planned {
    return { stream: `$$${stream}`, revision: this.current(`$$${stream}`) + 1n, type: '$metadata', hides };
  }

  #last(stream: string): Planned {
    return { stream, revision: DELETED, type: '$streamDeleted' };
  }

  #events(stream: string): readonly Held[] {
    return this.#streams.get(stream) ?? [];
  }

  #hides(stream: string): Hides {
    return this.#events(`$$${stream}`).at(-1)?.hides ?? {};
  }

  #hasMetadata(stream: string): boolean {
    return this.#events(`$$${stream}`).length > 0;
  }

  #isDeleted(stream: string): boolean {
    return this.#hides(stream).$tb === DELETED_NUMBER;
  }

  #isClosed(stream: string): boolean {
    return this.#closed.has(stream) || (stream.startsWith('$$') && this.#closed.has(stream.slice(2)));
  }
}

const size = (ids: readonly string[]): bigint => BigInt(ids.length);

const done = ({ revision, position }: Held): Outcome => ({ kind: 'done', revision, position });
