import { randomUUID } from 'node:crypto';
import { persistentSubscriptionToStreamSettingsFromDefaults, START } from '@eventstore/db-client';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Program } from '../support/program.js';
import { Hook } from './hook.js';
import { seeded, withWriter } from './with-writer.js';

const context = withWriter();
let hook: Hook;
let url: string;
beforeEach(async () => {
  hook = new Hook();
  url = await hook.start();
});
afterEach(() => {
  hook.stop();
});

const start = (env: Record<string, string>) =>
  new Program(['examples/persistent-subscription-worker/main.mjs'], {
    ...{ EVENTSTORE_URL: context.store.url, HOOK_URL: url },
    ...env,
  });
/** A group that begins with what is written next. */
async function aGroup(changed: object = {}) {
  const group = `worker-${randomUUID()}`;
  const links = BigInt(context.writer.written.length);
  const startFrom: typeof START | bigint = links === 0n ? START : links;
  const from = { startFrom, resolveLinkTos: true };
  const settings = persistentSubscriptionToStreamSettingsFromDefaults({ ...from, ...changed });
  await context.client.createPersistentSubscriptionToStream('$ce-user', group, settings);
  return group;
}
const info = (group: string) => context.client.getPersistentSubscriptionToStreamInfo('$ce-user', group);
const ids = (written: readonly { id: string }[]) => written.map(({ id }) => id);

it('hands every event on, in order, each once where nothing fails', async () => {
  const group = await aGroup();
  const written = await context.writer.write(20);
  const worker = start({ GROUP: group });
  await worker.until((lines) => lines.length > 20);
  expect(hook.accepted).toEqual(ids(written));
  expect(hook.calls.map(({ key }) => key)).toEqual(ids(written));
  expect(hook.calls.map(({ type }) => type)).toEqual(written.map(({ event }) => event.type));
  const { code, stdout, stderr } = await worker.end('SIGTERM');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.split('\n').slice(1, -1)).toEqual(written.map(({ id, event }) => `done ${event.type} ${id}`));
});

it('tries again what fails in passing, parks what fails for good, and does it when it is replayed', async () => {
  const group = await aGroup();
  const written = await context.writer.write(4);
  const [flaky = '', , poison = ''] = ids(written);
  let mended = false;
  hook.answer = (id, before) => {
    if (id === flaky) return before < 2 ? 503 : 204;
    return id === poison && !mended ? 422 : 204;
  };
  const worker = start({ GROUP: group });
  await hook.until(({ accepted }) => accepted.length === 3);
  await worker.until((lines) => lines.some((line) => line.startsWith('parked')));
  while ((await info(group)).stats.parkedMessageCount < 1n);
  expect(hook.calls.filter(({ id }) => id === flaky).map(({ accepted }) => accepted)).toEqual([false, false, true]);
  expect(hook.calls.filter(({ id }) => id === poison)).toHaveLength(1);
  mended = true;
  await context.client.replayParkedMessagesToStream('$ce-user', group);
  await hook.until(({ accepted }) => accepted.length === 4);
  expect(hook.accepted.slice(3)).toEqual([poison]);
  expect([...hook.accepted].sort()).toEqual(ids(written).sort());
  const { code, stdout } = await worker.end('SIGTERM');
  expect([code, stdout.match(/^failed/gm)?.length, stdout.match(/^parked/gm)?.length]).toEqual([0, 2, 1]);
});

it('handles every event at least once, under the same id each time, killed with events in its hands', () =>
  seeded(async () => {
    const group = await aGroup();
    const all: string[] = [];
    for (let kill = 0; kill < 6; kill++) {
      const hung = Math.floor(context.random() * 8);
      const before = hook.calls.length;
      hook.answer = () => (hook.calls.length - before >= hung ? 'hang' : 204);
      all.push(...ids(await context.writer.write(10)));
      const worker = start({ GROUP: group });
      await hook.until(({ calls }) => calls.length > before + hung);
      await worker.end('SIGKILL');
    }
    hook.answer = () => 204;
    const last = start({ GROUP: group });
    await hook.until(({ accepted }) => new Set(accepted).size === all.length);
    expect([...new Set(hook.accepted)].sort()).toEqual([...all].sort());
    expect(new Set(hook.calls.map(({ key }) => key))).toEqual(new Set(all));
    // What was in its hands each time has come once more, to the next one.
    expect(hook.calls.length).toBeGreaterThanOrEqual(all.length + 6);
    expect(await last.end('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
  }));

it('connects again when it is dropped', async () => {
  const group = await aGroup();
  const worker = start({ GROUP: group });
  while ((await info(group)).connections.length === 0);
  const { settings } = await info(group);
  // A group that is changed drops its consumers.
  await context.client.updatePersistentSubscriptionToStream('$ce-user', group, { ...settings, maxRetryCount: 3 });
  const written = await context.writer.write(1);
  await hook.until(({ accepted }) => accepted.length === 1);
  expect(hook.accepted).toEqual(ids(written));
  expect((await worker.end('SIGTERM')).stderr).toMatch(/^dropped: .*; connecting again$/m);
});

it.each([
  [{ EVENTSTORE_URL: '' }, /EVENTSTORE_URL must be set/],
  [{ GROUP: '' }, /GROUP must be set/],
  [{ HOOK_URL: 'mail' }, /HOOK_URL must be set/],
  [{}, /there is no group unheard-of on \$ce-user: npm run -s cli -- consumers create unheard-of/],
])('does not start with %j', async (env, saying) => {
  const { code, stderr } = await start({ GROUP: 'unheard-of', ...env }).ended();
  expect([code, stderr]).toEqual([1, expect.stringMatching(saying)]);
  expect(stderr).toMatch(/^persistent-subscription-worker: [^\n]+\n$/);
});
