import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  type JSONEventType,
  type JSONRecordedEvent,
  StreamNotFoundError,
} from '@eventstore/db-client';
import { expect } from '@jest/globals';
import Database from 'better-sqlite3';
import type { ServiceUnderTest } from './service.js';

const ANSWER_WITHIN_MS = 20_000;
const PAUSE_AFTER_REFUSAL_MS = 40;

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Asks until the answer is yes. */
export async function eventually(what: string, holds: () => unknown, withinMs = 10_000): Promise<void> {
  const until = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > until) throw new Error(`not within ${withinMs} ms: ${what}`);
    await pause(5);
  }
}

/** The process id of the event store that a service runs as its child; undefined while there is none. */
export function storePid(servicePid: number): number | undefined {
  const tasks = `/proc/${servicePid}/task`;
  const children = readdirSync(tasks).flatMap((task) =>
    readFileSync(join(tasks, task, 'children'), 'utf8')
      .split(' ')
      .filter(Boolean),
  );
  return children.length === 0 ? undefined : Number(children[0]);
}

/** One change of a user's name that a client asks for; `answer` is the status of the last answer, if there was one. */
export type Change = {
  readonly key: string;
  readonly userId: string;
  readonly name: string;
  answer?: number;
};

export const acknowledged = ({ answer }: Change): boolean => answer === 200;

/** Sends a change, or sends it again, and notes the answer. Rejects where there is none. */
export async function send(
  service: ServiceUnderTest,
  apiKey: string,
  change: Change,
  withinMs = ANSWER_WITHIN_MS,
): Promise<Response> {
  const { key, userId, name } = change;
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  const response = await service.request(`/v2/users/${encodeURIComponent(userId)}`, {
    method: 'PATCH',
    body: JSON.stringify({ name }),
    key: apiKey,
    headers,
    signal: AbortSignal.timeout(withinMs),
  });
  await response.clone().arrayBuffer();
  change.answer = response.status;
  return response;
}

type LoadOptions = Readonly<{ userIds: readonly string[]; apiKey: string; clients: number; random: () => number }>;

/** Clients that rename users as fast as they are answered, each time to a name never used before. */
export class Load {
  readonly changes: Change[] = [];
  /** Faults other than "the server is gone": a request that nobody answered in time. */
  readonly faults: unknown[] = [];
  private stopping = false;
  private readonly clients: Promise<void>[];

  constructor(
    private readonly service: ServiceUnderTest,
    private readonly options: LoadOptions,
  ) {
    this.clients = Array.from({ length: options.clients }, () => this.run());
  }

  /** Lets what is under way be answered. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.ended();
  }

  /** Resolves when every client has found that the server is gone. */
  async ended(): Promise<void> {
    await Promise.all(this.clients);
  }

  private async run(): Promise<void> {
    const { userIds, random, apiKey } = this.options;
    while (!this.stopping) {
      const userId = userIds[Math.floor(random() * userIds.length)] ?? '';
      const change: Change = { key: randomUUID(), userId, name: randomUUID() };
      this.changes.push(change);
      try {
        await send(this.service, apiKey, change);
      } catch (error) {
        if (error instanceof DOMException) this.faults.push(error);
        return;
      }
      if (!acknowledged(change)) await pause(PAUSE_AFTER_REFUSAL_MS);
    }
  }
}

export const ulidOf = (id: string): string => Buffer.from(id, 'base64').toString('latin1').split(':')[1] ?? '';

/** Adds members to the admin's account, straight into the log; gives their ids as callers see them. */
export async function addUsers(service: ServiceUnderTest, count: number): Promise<string[]> {
  const { account_id, eventstore_url } = service.admin;
  const accountId = ulidOf(account_id);
  const client = EventStoreDBClient.connectionString(eventstore_url);
  const ids = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const userId = `01J0000000000000000000000${'0123456789ABCDEFGHJKMNPQRSTVWXYZ'[index] ?? ''}`;
      const commandId = randomUUID();
      const metadata = {
        ...{ schemaVersion: 1, accountId, rule: 'test', requestId: commandId, ip: null, userAgent: null, commandId },
        actor: { userId: 'system', name: 'system', role: 'system', apiKeyId: null },
        ...{ occurredAt: new Date().toISOString(), $correlationId: commandId, $causationId: commandId },
      };
      const member = { name: `Member ${index}`, email: `${index}@example.com`, role: 'member', isDeveloper: true };
      const event = jsonEvent({ type: 'UserAdded', data: { userId, accountId, ...member }, metadata });
      await client.appendToStream(`user-${userId}`, event, { expectedRevision: NO_STREAM });
      return Buffer.from(`User:${userId}`).toString('base64');
    }),
  );
  await client.dispose();
  for (const id of ids)
    await eventually('a user added is known', async () => {
      const { status } = await service.request(`/v2/users/${encodeURIComponent(id)}`);
      return status === 200;
    });
  return ids;
}

type Stored = JSONRecordedEvent<
  JSONEventType<string, Record<string, unknown>, { commandId: string; commandFingerprint?: string }>
>;

/** A stream as any consumer of the log reads it; empty where there is none. */
export async function readLog(eventStoreUrl: string, streams: readonly string[]): Promise<Stored[][]> {
  const client = EventStoreDBClient.connectionString(eventStoreUrl);
  const readStream = async (stream: string): Promise<Stored[]> => {
    const events: Stored[] = [];
    try {
      for await (const { event } of client.readStream(stream)) if (event) events.push(event as unknown as Stored);
    } catch (error) {
      if (!(error instanceof StreamNotFoundError)) throw error;
    }
    return events;
  };
  try {
    return await Promise.all(streams.map(readStream));
  } finally {
    await client.dispose();
  }
}

export const streamOf = (userId: string): string => `user-${ulidOf(userId)}`;

export const namesIn = (events: readonly Stored[]): string[] =>
  events.filter(({ type }) => type === 'UserRenamed').map(({ data }) => String(data.to));

/** Revisions without a gap, and every change made on what the one before left behind. */
export function expectUnbroken(events: readonly Stored[]): void {
  expect(events.map(({ revision }) => revision)).toEqual(events.map((_, index) => BigInt(index)));
  const renames = events.filter(({ type }) => type === 'UserRenamed');
  const names = [events[0]?.data.name, ...renames.map(({ data }) => data.to)];
  expect(renames.map(({ data }) => data.from)).toEqual(names.slice(0, -1));
}

/**
 * What was acknowledged stands in the log exactly once; what was not, at most once; nothing stands there that nobody
 * asked for, and no command was carried out twice.
 */
export async function expectLedgerKept(
  eventStoreUrl: string,
  userIds: readonly string[],
  changes: readonly Change[],
): Promise<void> {
  const logs = await readLog(eventStoreUrl, userIds.map(streamOf));
  for (const log of logs) expectUnbroken(log);
  const times = (userId: string, { name }: Change): number => counts.get(userId)?.get(name) ?? 0;
  const counts = new Map(userIds.map((userId, i) => [userId, countOf(namesIn(logs[i] ?? []))]));
  expect(changes.filter((change) => acknowledged(change) && times(change.userId, change) !== 1)).toEqual([]);
  expect(changes.filter((change) => times(change.userId, change) > 1)).toEqual([]);
  const asked = new Set(changes.map(({ name }) => name));
  expect(logs.flatMap(namesIn).filter((name) => !asked.has(name))).toEqual([]);
  const commands = countOf(logs.flat().map(({ metadata }) => metadata.commandId));
  expect([...commands].filter(([, count]) => count > 1)).toEqual([]);
}

function countOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Projections bear a version; what is kept beside them does not. */
const isProjection = (table: string): boolean => /-\d+$/.test(table);

/** Every row of every projection, in an order of its own, as text. */
export function dumpReadModel(dataDir: string): string {
  const database = new Database(join(dataDir, 'read-model.sqlite'), { readonly: true });
  try {
    const tables = database.prepare("select name from sqlite_master where type = 'table' order by 1").pluck().all();
    const dumps = (tables as string[]).filter(isProjection).map((table) => {
      const rows = database.prepare(`select * from "${table}" order by key`).all() as Record<string, unknown>[];
      return [table, ...rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))))];
    });
    return dumps.flat().join('\n');
  } finally {
    database.close();
  }
}
