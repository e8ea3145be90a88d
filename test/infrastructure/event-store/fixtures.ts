import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach } from '@jest/globals';
import type { AnyCatalogue, Upcasters } from '../../../src/event-sourcing/catalogue.js';
import type { NewEvent } from '../../../src/event-sourcing/event-store.js';
import type { Meta } from '../../../src/event-sourcing/fact.js';
import {
  connectEventStore,
  type EventStoreDb,
  type Options,
} from '../../../src/infrastructure/event-store/event-store-db.js';
import { ScriptedEventStore } from '../../support/scripted-event-store.js';
import type { HeldEvent } from '../../support/scripted-messages.js';

export const catalogue: AnyCatalogue = {
  Renamed: { version: 1, fields: { from: 'string', to: 'string' }, personal: [] },
  Everything: {
    version: 3,
    fields: {
      text: 'string',
      maybe: 'string?',
      list: 'strings',
      flag: 'boolean',
      count: 'integer',
      at: 'time',
      until: 'time?',
    },
    personal: [],
  },
};

export const upcasters: Upcasters = {
  'Everything.1': ({ name, ...data }) => ({ ...data, text: name }),
  'Everything.2': (data) => ({ ...data, maybe: null }),
};

export const everything = {
  text: 'a',
  maybe: null,
  list: ['x', 'y'],
  flag: false,
  count: 7,
  at: '2026-01-02T03:04:05.678Z',
  until: null,
};

export function aMeta(changes: Partial<Meta> = {}): Meta {
  return {
    schemaVersion: 1,
    accountId: 'account',
    actor: { userId: 'ada', name: 'Ada', role: 'OWNER', apiKeyId: null },
    rule: 'account_admin',
    requestId: 'request',
    ip: null,
    userAgent: null,
    commandId: 'command',
    occurredAt: '2026-01-02T03:04:05.678Z',
    $correlationId: 'correlation',
    $causationId: 'causation',
    ...changes,
  };
}

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

const impatient = {
  appendAttempt: 150,
  appendTotal: 1_500,
  probe: 150,
  readGap: 150,
  head: 150,
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
