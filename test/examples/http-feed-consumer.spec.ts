import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Program } from '../support/program.js';
import { eventually } from '../support/load.js';
import { begin, FakeFeed, KEY, message, told } from './fake-feed.js';
import { random, seeded } from './with-writer.js';

const directory = mkdtempSync(join(tmpdir(), 'user-ledger-feed-'));
let feed: FakeFeed;
let baseUrl: string;
let runs = 0;
beforeEach(async () => {
  runs++;
  feed = new FakeFeed();
  baseUrl = await feed.start();
});
afterEach(() => {
  feed.stop();
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const cursorFile = () => join(directory, `cursor-${runs}`);
const start = (env: Record<string, string> = {}) =>
  new Program(['examples/http-feed-consumer/main.mjs'], {
    ...{ BASE_URL: baseUrl, API_KEY: KEY, CURSOR_FILE: cursorFile() },
    ...env,
  });
const add = (count: number) => {
  for (let i = 0; i < count; i++) feed.add();
};
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => told(from + i));
const events = (lines: readonly string[]) => lines.filter((line) => /^e\d/.test(line));

describe('the consumer of the HTTP feed', () => {
  it('prints history and what comes, and goes on where it was when it is started again', async () => {
    add(7);
    const first = start();
    await first.until((lines) => lines.includes('caught up'));
    add(2);
    await first.until((lines) => lines.includes(told(9)));
    expect(await first.end('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
    expect(events(first.lines)).toEqual(range(1, 9));
    expect(readFileSync(cursorFile(), 'utf8')).toBe('c9');
    add(3);
    const second = start();
    await second.until((lines) => lines.includes(told(12)));
    await second.end('SIGTERM');
    expect(events(second.lines)).toEqual(range(10, 12));
    expect(feed.requests.map((headers) => headers['last-event-id'])).toEqual([undefined, 'c9']);
  });

  it('reads again after an end, a cut and a refusal in passing, without gap or repeat', async () => {
    add(6);
    feed.next.push(
      (response) => begin(response).end(message(1) + message(2)),
      // What could not be handled is not passed over.
      (response) => begin(response).end('id: c3\ndata: {\n\n'),
      // Half an event is none.
      (response) => {
        begin(response).write(message(3) + message(4).slice(0, -5), () => response.destroy());
      },
      (response) => response.writeHead(503, { 'retry-after': '0' }).end('{"title":"Overloaded"}'),
      (response) => response.destroy(),
    );
    const consumer = start();
    await consumer.until((lines) => lines.includes(told(6)));
    const { code, stderr } = await consumer.end('SIGTERM');
    expect([code, events(consumer.lines)]).toEqual([0, range(1, 6)]);
    expect(feed.requests.map((headers) => headers['last-event-id'])).toEqual([undefined, 'c2', 'c2', 'c3', 'c3', 'c3']);
    expect(stderr.match(/^dropped: .+; reading again$/gm)).toHaveLength(5);
    expect(stderr).toMatch(/answered 503: .*Overloaded/);
  });

  it('loses nothing, killed at any moment; what comes twice is the last event alone', () =>
    seeded(async () => {
      const all: string[] = [];
      for (let kill = 0; kill < 5; kill++) {
        const consumer = start();
        add(20);
        const enough = 1 + Math.floor(random() * 15);
        await consumer.until((lines) => events(lines).length >= enough);
        await consumer.end('SIGKILL');
        const [first] = events(consumer.lines);
        if (first === all.at(-1)) all.pop();
        all.push(...events(consumer.lines));
      }
      const last = start();
      await last.until((lines) => lines.includes('caught up'));
      await last.end('SIGTERM');
      const rest = events(last.lines);
      if (rest[0] === all.at(-1)) all.pop();
      expect([...all, ...rest]).toEqual(range(1, 100));
    }));

  it.each<[Record<string, string>, RegExp]>([
    [{ BASE_URL: '' }, /BASE_URL must be set/],
    [{ BASE_URL: 'nowhere' }, /BASE_URL must be set/],
    [{ API_KEY: '' }, /API_KEY must be set/],
    [{ API_KEY: 'wrong' }, /the feed answered 401: .*Unauthenticated/],
    [{ CURSOR_FILE: '/proc' }, /EISDIR/],
  ])('does not go on with %j', async (env, saying) => {
    const { code, stderr } = await start(env).ended();
    expect([code, stderr]).toEqual([1, expect.stringMatching(saying)]);
    expect(stderr).toMatch(/^http-feed-consumer: [^\n]+\n$/);
  });

  it('moves on with the feed where there are no events for it', async () => {
    add(2);
    const consumer = start();
    await consumer.until((lines) => lines.includes('caught up'));
    feed.keepAlive(5);
    await eventually('the cursor has moved', () => readFileSync(cursorFile(), 'utf8') === 'c5');
    expect(events((await consumer.end('SIGTERM')).stdout.split('\n'))).toEqual(range(1, 2));
  });

  it('takes an empty cursor file for none', async () => {
    writeFileSync(cursorFile(), '');
    add(1);
    const consumer = start();
    await consumer.until((lines) => lines.includes(told(1)));
    expect((await consumer.end('SIGTERM')).code).toBe(0);
  });
});
