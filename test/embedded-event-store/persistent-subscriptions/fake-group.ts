import type { StoredEvent } from '../../../src/embedded-event-store/event.js';
import { Group } from '../../../src/embedded-event-store/persistent-subscriptions/group.js';
import type { GroupSettings } from '../../../src/embedded-event-store/persistent-subscriptions/group-config.js';
import { originalOf } from '../../../src/embedded-event-store/persistent-subscriptions/message.js';
import type { Message } from '../../../src/embedded-event-store/persistent-subscriptions/message.js';
import type { Done } from '../../../src/embedded-event-store/persistent-subscriptions/progress.js';

/** The defaults of clients. */
export const SETTINGS: GroupSettings = {
  ...{ resolveLinks: false, extraStatistics: false, messageTimeout: 30_000, maxRetryCount: 10, checkpointAfter: 2_000 },
  ...{ minCheckpointCount: 10, maxCheckpointCount: 1_000, maxSubscriberCount: 0, liveBufferSize: 500 },
  ...{ readBatchSize: 20, historyBufferSize: 500, strategy: 'RoundRobin' },
};

export const storedEvent = (revision: number, stream = 's', changed: Partial<StoredEvent> = {}): StoredEvent => ({
  ...{ position: revision + 1, stream, revision, created: 0, id: `${stream}${revision}`, type: 'T', isJson: true },
  ...{ metadata: new Uint8Array(0), data: new Uint8Array(0) },
  ...changed,
});

/** A consumer that notes the ids of what it gets, and how often each was tried before. */
export function consumer(slots = 10) {
  const got: string[] = [];
  const send = (message: Message) => {
    got.push(`${originalOf(message).id}${message.retries > 0 ? `/${message.retries}` : ''}`);
  };
  return { name: 'consumer', slots, send, got };
}

type Start = Partial<GroupSettings> & {
  checkpoint?: number;
  startAfter?: number;
  wants?: (event: StoredEvent) => boolean;
};

/**
 * A group by itself: events come from an array, time passes when it is told to, and what is written down is known to
 * be written when the test says so.
 */
export function fakeGroup({ checkpoint, startAfter = -1, wants = () => true, ...changed }: Start = {}) {
  const events: StoredEvent[] = [];
  const clock = { now: 1_000_000 };
  const checkpoints: number[] = [];
  const writes: Done[] = [];
  const parked: { message: Message; reason: string }[] = [];
  const truncated: number[] = [];
  const settings = { ...SETTINGS, ...changed };
  let next = (checkpoint ?? startAfter) + 1;
  const source = {
    next: () => {
      const page = events.slice(next, next + 50);
      next += page.length;
      return page;
    },
    placeOf: ({ revision }: StoredEvent) => revision,
    wants,
    counts: ({ type }: StoredEvent) => type !== 'Checkpoint',
    resolve: (event: StoredEvent) => ({ event }),
    head: () => events.length - 1,
  };
  const first = () => truncated.at(-1) ?? 0;
  const journal = {
    checkpoint,
    writeCheckpoint: (place: number, done: Done) => {
      checkpoints.push(place);
      writes.push(done);
    },
    park: (message: Message, reason: string, done: Done) => {
      writes.push((written) => {
        if (written) parked.push({ message, reason });
        done(written);
      });
    },
    parked: {
      first,
      end: () => parked.length,
      read: (from: number, limit: number) =>
        parked.slice(from, from + limit).map(({ message }, index) => {
          const link = storedEvent(from + index, 'parked');
          return { resolved: { event: originalOf(message), link }, parkedAt: from + index, retries: 0 };
        }),
      truncate: (before: number) => truncated.push(before),
    },
  };
  const config = { source: 's', group: 'g', settings, startFrom: 0, startAfter };
  const group = new Group(config, source, journal, () => clock.now);
  return {
    ...{ group, events, checkpoints, parked, truncated, clock },
    /** Appends so many events to the source. */
    append: (count: number, stream = 's') => {
      for (let added = 0; added < count; added++) events.push(storedEvent(events.length, stream));
    },
    /** Lets the group go on until there is nothing to do at once. */
    pump: () => {
      while (group.pump());
    },
    /** Lets what is being written be written, or fail. */
    settle: (written = true) => {
      for (const done of writes.splice(0)) done(written);
    },
    tick: (milliseconds = 1_000) => {
      clock.now += milliseconds;
      group.tick();
    },
  };
}

export const ids = (from: number, to: number, stream = 's'): string[] =>
  Array.from({ length: to - from }, (_, index) => `${stream}${from + index}`);
