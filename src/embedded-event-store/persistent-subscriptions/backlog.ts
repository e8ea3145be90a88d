import type { Cursor } from '../cursor.js';
import type { ResolvedEvent, StoredEvent } from '../event.js';
import type { GroupSettings } from './group-config.js';
import type { Mark, Message } from './message.js';

/** What a group reads. */
export type GroupSource = {
  readonly next: Cursor;
  /** The revision or position of an event: whichever the group counts by. */
  readonly placeOf: (event: StoredEvent) => number;
  readonly wants: (event: StoredEvent) => boolean;
  /** Whether to have passed an event is progress: if checkpoints were, each would be reason for the next. */
  readonly counts: (event: StoredEvent) => boolean;
  readonly resolve: (event: StoredEvent) => ResolvedEvent;
  /** The place of the last event there is. */
  readonly head: () => number;
};

/**
 * The events that no consumer was given yet, as many as the settings allow. What does not fit stays in the log and is
 * read when there is room, so nothing is ever dropped, history and live events alike.
 */
export class Backlog {
  readonly waiting: Message[] = [];
  readonly #source: GroupSource;
  readonly #settings: GroupSettings;
  #page: readonly StoredEvent[] = [];
  #taken = 0;
  #last: Mark;
  #isLive = false;
  #isExhausted = false;

  constructor(source: GroupSource, settings: GroupSettings, after: number) {
    this.#source = source;
    this.#settings = settings;
    this.#last = { place: after, sequence: 0 };
  }

  /** The last event that was looked at, wanted or not. */
  get last(): Mark {
    return this.#last;
  }

  /** Whether everything there is has been taken. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** The place of the last event in the source, once any event was seen. */
  get lastKnown(): number | undefined {
    return this.#last.sequence === 0 ? undefined : Math.max(this.#last.place, this.#source.head());
  }

  /** Whether there is room for more, and may be more. */
  get wantsMore(): boolean {
    return !this.#isExhausted && this.#hasRoom();
  }

  /** Takes what there is room for, a page at most. */
  fill(): void {
    if (!this.#hasRoom()) return;
    if (this.#taken === this.#page.length) this.#turnPage();
    while (this.#taken < this.#page.length && this.#hasRoom()) {
      const event = this.#page[this.#taken++];
      if (event) this.#take(event);
    }
    if (this.#taken < this.#page.length) this.#isLive = false;
  }

  #turnPage(): void {
    this.#page = this.#source.next();
    this.#taken = 0;
    this.#isExhausted = this.#page.length === 0;
    if (this.#isExhausted) this.#isLive = true;
  }

  #take(event: StoredEvent): void {
    const before = this.#last;
    this.#last = {
      place: this.#source.placeOf(event),
      sequence: before.sequence + (this.#source.counts(event) ? 1 : 0),
    };
    if (this.#source.wants(event)) this.waiting.push({ resolved: this.#source.resolve(event), before, retries: 0 });
  }

  #hasRoom(): boolean {
    const { liveBufferSize, historyBufferSize } = this.#settings;
    return this.waiting.length < Math.max(this.#isLive ? liveBufferSize : historyBufferSize, 1);
  }
}
