import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { persistentSubscriptionToStreamSettingsFromDefaults, START } from '@eventstore/db-client';
import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, expect, it } from '@jest/globals';
import { OnUserEvent, Park, type Stored } from '../../examples/nestjs-module/on-user-event.js';
import { UserEventsModule } from '../../examples/nestjs-module/user-events.module.js';
import { Program } from '../support/program.js';
import { withWriter } from './with-writer.js';

const context = withWriter();
const userId = '01J00000000000000000000001';
const rename = (to: string) => context.writer.append({ type: 'UserRenamed', data: { userId, from: '', to } });
let app: INestApplicationContext | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function aGroup(group: string) {
  const settings = persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: START, resolveLinkTos: true });
  await context.client.createPersistentSubscriptionToStream('$ce-user', group, settings);
  return group;
}
async function parkedIn(group: string): Promise<bigint> {
  return (await context.client.getPersistentSubscriptionToStreamInfo('$ce-user', group)).stats.parkedMessageCount;
}

/** Names as they were handed over, and what becomes of each. */
@Injectable()
class Names {
  readonly seen: string[] = [];
  readonly ids: string[] = [];
  private done: () => void = () => undefined;
  readonly last = new Promise<void>((resolve) => (this.done = resolve));

  @OnUserEvent('UserRenamed')
  async take({ id, stream, revision, data, meta }: Stored<'UserRenamed'>): Promise<void> {
    await Promise.resolve();
    this.seen.push(data.to);
    this.ids.push(id);
    if (data.to === 'poison') throw new Park('it is poison');
    if (data.to === 'flaky' && this.seen.filter((name) => name === 'flaky').length < 3) throw new Error('not now');
    if (data.to === 'last') {
      expect([stream, revision >= 0n, meta.rule]).toEqual([`user-${userId}`, true, 'account_admin']);
      this.done();
    }
  }
}

it('acknowledges, tries again or parks, by what becomes of the handler', async () => {
  const group = await aGroup('outcomes');
  const written = [await rename('one'), await rename('flaky'), await rename('poison'), await rename('last')];
  @Module({ imports: [UserEventsModule.forRoot({ url: context.store.url, group })], providers: [Names] })
  class App {}
  app = await NestFactory.createApplicationContext(App, { logger: false });
  const names = app.get(Names);
  await names.last;
  while ((await parkedIn(group)) < 1n);
  expect(names.seen).toEqual(['one', 'flaky', 'flaky', 'flaky', 'poison', 'last']);
  expect([...new Set(names.ids)]).toEqual(written.map(({ id }) => id));
});

it('is an application that says what it does, and ends when it is told to', async () => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'examples/nestjs-module']);
  const group = await aGroup('greetings');
  const start = (env: object) =>
    new Program(['examples/nestjs-module/dist/main.js'], { EVENTSTORE_URL: context.store.url, GROUP: group, ...env });
  const { id } = await rename('Ada Lovelace');
  const nameless = await rename('');
  const running = start({});
  await running.until((lines) => lines.some((line) => line.startsWith(id)));
  expect(running.lines).toContain(`${id} UserRenamed ${userId} is called Ada Lovelace`);
  while ((await parkedIn(group)) < 1n);
  const { stderr } = await running.end('SIGTERM');
  expect(stderr).toContain(`UserRenamed ${nameless.id}: nobody is called nothing`);
  for (const [env, saying] of [
    [{ EVENTSTORE_URL: 'x' }, 'EVENTSTORE_URL must be set'],
    [{ GROUP: '' }, 'GROUP must be set'],
  ] as const)
    expect(await start(env).ended()).toMatchObject({ code: 1, stderr: expect.stringContaining(saying) });
});
