import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach } from '@jest/globals';
import type { NewEvent } from '../../../src/event-sourcing/event-store.js';
import {
  connectEventStore,
  type EventStoreDb,
  type Options,
} from '../../../src/infrastructure/event-store/event-store-db.js';
import { ScriptedEventStore } from '../../support/scripted-event-store.js';
import { aMeta, catalogue, upcasters } from './examples.js';
import type { HeldEvent } from '../../support/scripted-messages.js';

export function renamed(to = 'Ada'): NewEvent {
  return { type: 'Renamed', data: { from: '', to }, id: randomUUID(), meta: aMeta() };
}

/** The same as it lies in a store. */
export function held(to = 'Ada', changes: Partial<HeldEvent> = {}) {
  return {
    id: randomUUID(),
    type: 'Renamed',
    contentType: 'application/json',
    data: bytes({ from: '', to }),
    metadata: bytes(aMeta()),
    ...changes,
  };
}

export const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

const nothing = (): void => undefined;

/** A scripted store and an adapter to it, with little patience, for each test. */
export function scripted() {
  const given = {} as {
    server: ScriptedEventStore;
    store: EventStoreDb;
    reopen: (options?: Partial<Options>) => Promise<void>;
  };
  const open = (options: Partial<Options>) =>
    connectEventStore({
      url: given.server.url,
      catalogue,
      upcasters,
      logger: { info: nothing, warn: nothing, error: nothing },
      ...options,
      timings: { ...impatient, ...options.timings },
    });
  beforeEach(async () => {
    given.server = await ScriptedEventStore.start();
    given.store = open({});
    given.reopen = async (options = {}) => {
      await given.store.close();
      given.store = open(options);
    };
  });
  afterEach(async () => {
    given.server.stop();
    await given.store.close();
  });
  return given;
}

export const impatient = {
  appendAttempt: 150,
  appendTotal: 1_500,
  declined: 200,
  probe: 150,
  readGap: 400,
  head: 400,
  subscriptionSilence: 100,
  resubscribeFirst: 1,
  resubscribeMost: 50,
  reconnectFirst: 1,
  reconnectMost: 50,
  drain: 300,
};

/** Takes from an iterable until it has enough. */
export async function take<T>(from: AsyncIterable<T>, enough: (all: readonly T[]) => boolean): Promise<T[]> {
  const all: T[] = [];
  for await (const one of from) {
    all.push(one);
    if (enough(all)) break;
  }
  return all;
}
