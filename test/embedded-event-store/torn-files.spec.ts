import { randomInt } from 'node:crypto';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openDatabase } from '../../src/embedded-event-store/database.js';
import type { StoredEvent } from '../../src/embedded-event-store/event.js';
import { linkStreamsOf } from '../../src/embedded-event-store/link-stream.js';
import { Log } from '../../src/embedded-event-store/log.js';
import { namingFile } from '../../src/embedded-event-store/open-check.js';
import { readSnapshot } from '../../src/embedded-event-store/reading.js';
import { verifyLog } from '../../src/embedded-event-store/verify-log.js';
import { appending, newWorkshop, proposed, write } from '../support/event-store-tools.js';
import { randomFrom } from '../support/load.js';

/** How many files are damaged, and the seed that says how; see `npm run test:torn-files`. */
const CYCLES = Number(process.env.TORN_FILES_CYCLES ?? 60);
const SEED = Number(process.env.TORN_FILES_SEED ?? randomInt(2 ** 31));
const random = randomFrom(SEED);
const below = (limit: number): number => Math.floor(random() * limit);

const workshop = newWorkshop();
/** All in the database, as after an orderly end, and all in the write-ahead log, as after a crash. */
const [settled, crashed, dir] = ['settled', 'crashed', 'damaged'].map((name) => join(workshop, name)) as [
  string,
  string,
  string,
];
const history: StoredEvent[] = [];

beforeAll(async () => {
  await write(settled, async (writer, log) => {
    for (let turn = 0; turn < 120; turn++) {
      const data = Buffer.from(JSON.stringify({ turn, text: 'x'.repeat(below(turn % 20 === 0 ? 9_000 : 600)) }));
      await appending(
        writer,
        `user-${below(30)}`,
        Array.from({ length: 1 + below(4) }, () => proposed({ data })),
      );
    }
    history.push(...log.allForwards(1, 10_000));
    for (let from = history.length + 1; from <= log.lastPosition; from = history.length + 1) {
      history.push(...log.allForwards(from, 10_000));
    }
    cpSync(settled, crashed, { recursive: true });
  });
});
afterAll(() => {
  rmSync(workshop, { recursive: true });
});

/** Cuts a file, or changes a bit, or what a sector holds. */
function damage(file: string): string {
  const content = readFileSync(file);
  const at = below(content.length);
  const sector = content.subarray(at - (at % 512), at - (at % 512) + 512);
  const kinds: Record<string, () => Buffer> = {
    cut: () => content.subarray(0, at),
    bit: () => {
      content[at] = (content[at] ?? 0) ^ (1 << below(8));
      return content;
    },
    zeros: () => (sector.fill(0), content),
    noise: () => (sector.set(Array.from(sector, () => below(256))), content),
  };
  const kind = ['cut', 'bit', 'bit', 'bit', 'zeros', 'noise'][below(6)] ?? 'bit';
  writeFileSync(file, kinds[kind]?.() ?? content);
  return `${kind} at ${at}`;
}

type Answer = { readonly events: readonly StoredEvent[] } | { readonly error: string };

function answer(read: () => StoredEvent[]): Answer {
  try {
    return { events: read() };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** Reads on until there is no more. */
function toTheEnd(
  page: (from: number) => StoredEvent[],
  first: number,
  next: (last: StoredEvent) => number,
): StoredEvent[] {
  const all: StoredEvent[] = [];
  for (let from = first, events = page(from); events.length > 0; events = page(from)) {
    all.push(...events);
    const last = events.at(-1);
    from = last ? next(last) : from;
  }
  return all;
}

const byRevision = ({ revision }: StoredEvent): number => revision + 1;
const wholeLog = (log: Log) =>
  answer(() =>
    toTheEnd(
      (from) => log.allForwards(from, 256),
      1,
      ({ position }) => position + 1,
    ),
  );
const backwards = (log: Log) =>
  answer(() =>
    toTheEnd(
      (before) => log.allBackwards(before, 256),
      log.lastPosition + 1,
      ({ position }) => position,
    ).reverse(),
  );
const streamOf = (log: Log, stream: string) =>
  answer(() => toTheEnd((from) => log.streamForwards(stream, from, 256), 0, byRevision));

/** A fault has to say where it is. */
const PLACED =
  /^corrupt event store: .*(event -?\d+ of|events \d+ to|stream \S+ (back )?from revision|the log (from|before) position|link \d+ of|events\.db: )/;

function isRight(given: Answer, expected: readonly StoredEvent[]): boolean {
  if ('error' in given) {
    expect(given.error).toMatch(PLACED);
    return true;
  }
  return (
    given.events.length === expected.length && given.events.every((event, index) => sameEvent(event, expected[index]))
  );
}

const sameEvent = (one: StoredEvent, other?: StoredEvent): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Opens what was damaged. Returns how it went: refused, faulty, whole, or found by `verify` alone. */
function open(): 'refused' | 'whole' | 'faulty' | 'verify' {
  let log: Log;
  try {
    log = namingFile(join(dir, 'events.db'), () => new Log(openDatabase(dir)));
  } catch (error) {
    expect((error as Error).message).toMatch(PLACED);
    return 'refused';
  }
  const closing = { faulty: false };
  try {
    for (const all of [wholeLog(log), backwards(log)]) {
      expect(isRight(all, history)).toBe(true);
      closing.faulty ||= 'error' in all;
    }
    const answers = [...new Set(history.map(({ stream }) => stream))].map((stream) => {
      const given = streamOf(log, stream);
      closing.faulty ||= 'error' in given;
      return isRight(
        given,
        history.filter((event) => event.stream === stream),
      );
    });
    const links = [...new Set(history.flatMap(linkStreamsOf))].map((stream) => {
      const given = streamOf(log, stream);
      closing.faulty ||= 'error' in given;
      return (
        'error' in given ||
        given.events.length === history.filter((event) => linkStreamsOf(event).includes(stream)).length
      );
    });
    if (![...answers, ...links].includes(false)) return closing.faulty ? 'faulty' : 'whole';
  } finally {
    log.close();
  }
  // An index that has lost its way is not seen by those who follow it; who holds it against the log sees it.
  expect(() => readSnapshot(join(dir, 'events.db'), (database) => verifyLog(database, () => undefined))).toThrow(
    /corrupt event store/,
  );
  return 'verify';
}

it.each([
  ['the database', () => settled, 'events.db'],
  ['the write-ahead log', () => crashed, 'events.db-wal'],
])(
  `%s, damaged anywhere, is refused or read rightly, or the fault is named (seed ${SEED})`,
  (_, image, file) => {
    const seen = { refused: 0, whole: 0, faulty: 0, verify: 0 };
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      rmSync(dir, { recursive: true, force: true });
      cpSync(image(), dir, { recursive: true });
      rmSync(join(dir, 'events.db-shm'), { force: true });
      const done = damage(join(dir, file));
      try {
        seen[open()] += 1;
      } catch (error) {
        throw new Error(`cycle ${cycle}, ${done}: ${(error as Error).message}`, { cause: error });
      }
    }
    if (process.env.TORN_FILES_CYCLES) process.stdout.write(`${file}: ${JSON.stringify(seen)}\n`);
    // Damage that changes nothing would prove nothing.
    expect(seen.refused).toBeGreaterThan(0);
    expect(seen.whole).toBeLessThan(CYCLES);
  },
  600_000,
);

it('a write-ahead log whose end was never synced is none of the acknowledged: what is before it is served', () => {
  rmSync(dir, { recursive: true, force: true });
  cpSync(crashed, dir, { recursive: true });
  rmSync(join(dir, 'events.db-shm'), { force: true });
  // As if the power had gone before these commits returned: the mark never came to them.
  const wal = readFileSync(join(dir, 'events.db-wal'));
  writeFileSync(join(dir, 'events.db-wal'), wal.subarray(0, Math.floor(wal.length * 0.7)));
  rmSync(join(dir, 'durable'));
  const log = new Log(openDatabase(dir));
  const all = wholeLog(log);
  expect(log.lastPosition).toBeGreaterThan(0);
  expect(log.lastPosition).toBeLessThan(history.length);
  expect(isRight(all, history.slice(0, log.lastPosition))).toBe(true);
  log.close();
});

it('what is left of a damaged write-ahead log stays as it is when the start is refused', () => {
  rmSync(dir, { recursive: true, force: true });
  cpSync(crashed, dir, { recursive: true });
  rmSync(join(dir, 'events.db-shm'), { force: true });
  const wal = readFileSync(join(dir, 'events.db-wal'));
  wal[wal.length / 2] = (wal[wal.length / 2] ?? 0) ^ 1;
  writeFileSync(join(dir, 'events.db-wal'), wal);
  for (let start = 0; start < 2; start++) {
    expect(() => openDatabase(dir)).toThrow(
      /^corrupt event store: events \d+ to \d+ of the log, acknowledged before, are no longer in/,
    );
  }
  expect(readFileSync(join(dir, 'events.db-wal')).equals(wal)).toBe(true);
});
