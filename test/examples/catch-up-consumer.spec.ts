import { join } from 'node:path';
import { binaryEvent } from '@eventstore/db-client';
import grpc from '@grpc/grpc-js';
import Database from 'better-sqlite3';
import { expect, it } from '@jest/globals';
import { bytes, held } from '../infrastructure/event-store/fixtures.js';
import { Program } from '../support/program.js';
import { script } from '../support/scripted-calls.js';
import { ScriptedEventStore } from '../support/scripted-event-store.js';
import { seeded, withWriter } from './with-writer.js';

const KILLS = 10;
const context = withWriter();

const MAIN = 'examples/catch-up-consumer/main.mjs';
const database = () => join(context.directory, 'developers.sqlite');
const start = (env: Record<string, string> = {}) =>
  new Program([MAIN], { EVENTSTORE_URL: context.store.url, DATABASE: database(), ...env });
const has = (position: bigint) => (lines: readonly string[]) => lines.some((line) => line.startsWith(`${position} `));

/** What the table should hold: told from the log alone, in another way than the example does it. */
async function developersByTheLog() {
  const last = new Map<string, boolean>();
  let events = 0;
  for await (const { event } of context.client.readAll()) {
    if (!event?.streamId.startsWith('user-')) continue;
    events++;
    const { userId, isDeveloper } = event.data as { userId: string; isDeveloper?: boolean };
    if (event.type === 'UserAdded') last.set(userId, isDeveloper === true);
    if (event.type === 'DeveloperPermissionGranted') last.set(userId, true);
    if (event.type === 'DeveloperPermissionRevoked') last.set(userId, false);
    if (event.type === 'UserRemoved') last.delete(userId);
  }
  const developers = [...last].filter(([, developer]) => developer).map(([userId]) => userId);
  return { developers: developers.sort(), events };
}

function developersByTheTable() {
  const table = new Database(database(), { readonly: true });
  try {
    const developers = table.prepare('select user_id from developer order by 1').pluck().all();
    const { events, position } = table.prepare('select events, position from checkpoint').get() as Record<
      string,
      unknown
    >;
    return { developers, events, position };
  } finally {
    table.close();
  }
}

it('loses and repeats nothing, killed at any moment while events come', () =>
  seeded(async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const consumer = start();
      const writing = context.writer.write(80);
      const enough = 1 + Math.floor(context.random() * 60);
      await consumer.until((lines) => lines.length > enough);
      await consumer.end('SIGKILL');
      await writing;
    }
    const last = start();
    await last.until(has(context.writer.last.position));
    expect(await last.end('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
    const byTheLog = await developersByTheLog();
    expect(developersByTheTable()).toEqual({ ...byTheLog, position: `${context.writer.last.position}` });
    expect([byTheLog.developers.length > 0, byTheLog.events]).toEqual([true, 80 * KILLS]);
  }));

it('subscribes again after a drop, with or without an error, from where it was', async () => {
  const server = await ScriptedEventStore.start();
  const data = (userId: string) => bytes({ userId, isDeveloper: true });
  const [first, second] = ['A', 'B', 'C', 'D'].map((userId) =>
    server.hold('user-1', held('', { type: 'UserAdded', data: data(userId) })),
  );
  server.onSubscribe.push(
    (subscription) => {
      subscription.confirm();
      if (first && second) subscription.send(first, second);
      setImmediate(script.call.endOk, subscription);
    },
    script.call.endOk,
    script.call.fail(grpc.status.UNAVAILABLE),
  );
  const file = join(context.directory, 'dropped.sqlite');
  const consumer = start({ EVENTSTORE_URL: server.url, DATABASE: file });
  await consumer.until(has(400n));
  const { code, stdout, stderr } = await consumer.end('SIGTERM');
  server.stop();
  expect(code).toBe(0);
  expect(stdout.match(/^\d+ UserAdded/gm)).toEqual([100, 200, 300, 400].map((position) => `${position} UserAdded`));
  expect(stderr.split('\n').slice(0, -1)).toEqual([
    'dropped: the server ended it; subscribing again',
    'dropped: the server ended it; subscribing again',
    expect.stringMatching(/^dropped: .*as scripted.*; subscribing again$/),
  ]);
});

it('stops at what it cannot read, rather than go on without it', async () => {
  const { position } = await context.writer.append({ type: 'UserRemoved', data: { userId: 'broken' } });
  await context.client.appendToStream('user-broken', binaryEvent({ type: 'UserAdded', data: Buffer.from('{') }));
  const { code, stdout, stderr } = await start({ DATABASE: join(context.directory, 'poisoned.sqlite') }).ended();
  expect([code, has(position)(stdout.split('\n'))]).toEqual([1, true]);
  expect(stderr).toBe('catch-up-consumer: event 1 of user-broken cannot be read\n');
});

it.each([
  [{ EVENTSTORE_URL: '' }, /EVENTSTORE_URL must be set/],
  [{ EVENTSTORE_URL: 'localhost' }, /EVENTSTORE_URL must begin/],
  [{ DATABASE: '/nowhere/x.sqlite' }, /directory/],
])('does not start with %j', async (env, saying) => {
  const { code, stderr } = await start(env).ended();
  expect([code, stderr]).toEqual([1, expect.stringMatching(saying)]);
  expect(stderr).toMatch(/^catch-up-consumer: [^\n]+\n$/);
});
