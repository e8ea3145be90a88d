import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, beforeAll } from '@jest/globals';
import { type EmbeddedEventStore, startEmbeddedEventStore } from '../support/embedded-event-store.js';
import { randomFrom } from '../support/load.js';
import { UserWriter } from '../support/user-writer.js';

type Context = {
  store: EmbeddedEventStore;
  client: EventStoreDBClient;
  writer: UserWriter;
  random: () => number;
  /** A directory for all tests of the file. */
  directory: string;
};

const seed = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);

/** Chance; TEST_SEED repeats a run. */
export const random = randomFrom(seed);

/** A store, somebody who writes into it, and chance. */
export function withWriter(): Context {
  const context = { random } as Context;
  beforeAll(async () => {
    context.directory = mkdtempSync(join(tmpdir(), 'user-ledger-example-'));
    context.store = await startEmbeddedEventStore();
    context.client = EventStoreDBClient.connectionString(context.store.url);
    context.writer = new UserWriter(context.client, context.random);
  });
  afterAll(async () => {
    await context.client.dispose();
    await context.store.stop();
    rmSync(context.directory, { recursive: true });
  });
  return context;
}

/** Says by which seed a failure comes about. */
export async function seeded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`with TEST_SEED=${seed}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
