import { cpSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { checksum } from '../../src/embedded-event-store/checksum.js';
import { eventstore, fill, newWorkshop } from '../support/event-store-tools.js';

const workshop = newWorkshop();
const sound = join(workshop, 'sound');
const dir = join(workshop, 'damaged');
const file = join(dir, 'events.db');

beforeAll(() => fill(sound));
beforeEach(() => {
  rmSync(dir, { recursive: true, force: true });
  cpSync(sound, dir, { recursive: true });
});
afterAll(() => {
  rmSync(workshop, { recursive: true });
});

/** Changes the file as nobody should. */
function change(sql: string, unsafe = false): void {
  const database = new Database(file);
  if (unsafe) database.unsafeMode().pragma('writable_schema = ON');
  database.exec(sql);
  database.close();
}

function bytes(edit: (content: Buffer) => void): void {
  const content = readFileSync(file);
  edit(content);
  writeFileSync(file, content);
}

function addEvent(position: number, stream: string, revision: number): void {
  const [id, nothing] = ['00000000-0000-4000-8000-ffffffffffff', Buffer.alloc(0)];
  const event = {
    position,
    stream,
    revision,
    id,
    type: '$>',
    created: 1,
    isJson: true,
    metadata: nothing,
    data: nothing,
  };
  const database = new Database(file);
  const values = [position, stream, revision, id, '$>', 1, 1, nothing, nothing, checksum(event)];
  database.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(...values);
  database.close();
}

/** Says of which rows the index of streams is, without changing the index. */
const definingIndex = (where: string): string => `
  UPDATE sqlite_schema SET sql = 'CREATE UNIQUE INDEX events_by_stream ON events (stream, revision)${where}'
    WHERE name = 'events_by_stream';`;

/** Takes an entry out of the index and leaves the row: an index of fewer rows that passes for the whole one. */
const losingIndexEntry = (position: number): string => `
  DROP INDEX events_by_stream;
  CREATE UNIQUE INDEX events_by_stream ON events (stream, revision) WHERE position <> ${position};
  ${definingIndex('')}`;

it('tells how much it has looked at', async () => {
  expect(await eventstore(['verify', '--dir', dir])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^14 events in 6 streams, 14 links, 1 closed streams, all as they should be, in .* s\.\n$/,
    ),
    stderr: '',
  });
  const { stdout } = await eventstore(['verify', '--dir', dir, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, events: 14, streams: 6, links: 14, tombstones: 1 });
});

it.each<[string, () => void, string]>([
  [
    'a letter of an event',
    () => {
      bytes((content) => content.write('evil', content.lastIndexOf('{"text":"good"}') + 9));
    },
    'event 0 of stream user-1 at position 1',
  ],
  [
    'an event that is gone',
    () => {
      change('DELETE FROM events WHERE position = 2');
    },
    'event 2 of the log is missing',
  ],
  [
    'the last events, that were acknowledged',
    () => {
      change('DELETE FROM events WHERE position > 12');
    },
    'events 13 to 14 of the log, acknowledged before, are no longer in ',
  ],
  [
    'the last events, where no mark tells',
    () => {
      rmSync(join(dir, 'durable'));
      change('DELETE FROM events WHERE position = 13');
      change('UPDATE events SET position = 13 WHERE position = 14');
    },
    'event 1 of stream user-2 at position 13',
  ],
  [
    'an entry of the index',
    () => {
      change(losingIndexEntry(3), true);
    },
    'event 2 of stream user-1 at position 3 is not in the index',
  ],
  [
    'an entry too many in the index',
    () => {
      rmSync(join(dir, 'durable'));
      change(definingIndex(' WHERE position <> 14'), true);
      change('DELETE FROM events WHERE position = 14; DELETE FROM tombstones');
      change(definingIndex(''), true);
    },
    'the index of streams has 14 entries for 13 events',
  ],
  [
    'a link that leads astray',
    () => {
      change("UPDATE links SET position = 4 WHERE stream = '$ce-user' AND revision = 1");
    },
    'link 1 of $ce-user does not lead to event 1 of stream user-1 at position 2',
  ],
  [
    'a link that is gone',
    () => {
      change("DELETE FROM links WHERE stream = '$et-Größe'");
    },
    'link 0 of $et-Größe does not lead to event 0 of stream straße-日本 at position 4',
  ],
  [
    'a link too many',
    () => {
      change("INSERT INTO links VALUES ('$et-Said', 99, 1)");
    },
    'there are 15 links, and events for 14',
  ],
  [
    'a closed stream that is open',
    () => {
      change('DELETE FROM tombstones');
    },
    'stream user-2 is not closed, but was at position 14',
  ],
  [
    'an open stream that is closed',
    () => {
      change("INSERT INTO tombstones VALUES ('user-1')");
    },
    'stream user-1 is closed, but no event of the log says so',
  ],
  [
    'an event of a closed stream',
    () => {
      addEvent(15, 'user-2', 2);
    },
    'event 2 of stream user-2 at position 15 comes after the end of its stream',
  ],
  [
    'an event out of its order',
    () => {
      addEvent(15, '$x', 1);
    },
    'event 0 of stream $x is missing',
  ],
  [
    'a list of free pages that is wrong',
    () => {
      bytes((content) => content.writeUInt32BE(7, 36));
    },
    'events.db: ',
  ],
  [
    'a file that was cut',
    () => {
      truncateSync(file, 12_288);
    },
    'events.db: database disk image is malformed',
  ],
  [
    'a file that is no database',
    () => {
      writeFileSync(file, 'x'.repeat(4_096));
    },
    'events.db: file is not a database',
  ],
])('names the first fault: %s', async (_, damage, fault) => {
  damage();
  const { code, stdout, stderr } = await eventstore(['verify', '--dir', dir, '--json']);
  expect(stderr).toContain(`embedded event store: corrupt event store: `);
  expect(stderr).toContain(fault);
  expect(JSON.parse(stdout)).toEqual({ ok: false, error: expect.stringContaining(fault) });
  expect(code).toBe(1);
});

it.each<[string, () => void, string]>([
  [
    'no such directory',
    () => {
      rmSync(dir, { recursive: true });
    },
    'events.db does not exist',
  ],
  [
    'a directory of an older version',
    () => {
      change('DROP TABLE links');
    },
    'has no links yet: start the event store on it once',
  ],
  [
    'another database',
    () => {
      change('DROP TABLE events');
      rmSync(join(dir, 'durable'));
    },
    'is not the file of an event store',
  ],
])('says what it cannot verify: %s', async (_, prepare, reason) => {
  prepare();
  expect(await eventstore(['verify', '--dir', dir])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(reason),
  });
  expect(existsSync(`${file}.partial`)).toBe(false);
});
