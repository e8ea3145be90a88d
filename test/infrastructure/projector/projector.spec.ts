import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EventStoreUnavailable, NotCaughtUp, UnreadableEvent } from '../../../src/event-sourcing/errors.js';
import type { NewEvent } from '../../../src/event-sourcing/event-store.js';
import type { Position, Recorded } from '../../../src/event-sourcing/fact.js';
import type { Chronicle, Projection } from '../../../src/event-sourcing/projection.js';
import type { Log } from '../../../src/event-sourcing/log.js';
import { type ReadModelWriter, RowsRefused } from '../../../src/event-sourcing/read-model.js';
import { Projector } from '../../../src/infrastructure/projector/projector.js';
import { SqlRows } from '../../../src/infrastructure/read-model/sql-rows.js';
import { databases, silent, type TestDatabase } from '../../support/databases.js';
import { recorded } from '../../support/examples.js';
import { batch, type Named, named, type NamedRow, Script, view } from '../../support/scripted-log.js';

let database: TestDatabase;
let script: Script;
let projectors: Projector[] = [];
/** A projector of these projections; `writer` where it writes otherwise than it should. */
async function projectorOf(projections: Projection<Named, NamedRow>[], writer?: ReadModelWriter): Promise<Projector> {
  const shape = { streams: ['user-'], projections, chronicles: [] };
  const made = new Projector(shape, script, writer ?? (await database.writer()), silent);
  projectors.push(made);
  return made;
}
const projector = (...projections: Projection<Named, NamedRow>[]): Promise<Projector> => projectorOf(projections);

const diskFull = Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
/** Fails once, at the commit it is told to. */
async function failingAt(
  which: (position: Position) => boolean,
  committed: Position[] = [],
  fault: Error = diskFull,
): Promise<ReadModelWriter> {
  const writer = await database.writer();
  const commit = writer.commit.bind(writer);
  let left = 1;
  writer.commit = async (changes, checkpoint) => {
    if (which(checkpoint.position) && left-- > 0) throw fault;
    await commit(changes, checkpoint);
    committed.push(checkpoint.position);
  };
  return writer;
}
const a = view('a-1');

describe.each(databases)('the projector, in %s', (_, open) => {
  beforeEach(async () => {
    database = await open();
    script = new Script();
  });
  afterEach(async () => {
    await Promise.all(projectors.map((each) => each.stop()));
    projectors = [];
    await database.close();
  });

  describe('telling events', () => {
    it('writes rows, and finds them by key and by index', async () => {
      script.deliver(batch(recorded([named('x', 'one'), named('x', 'two'), named('y', 'three')])));
      await (await projector(a)).start();
      const rows = new SqlRows(database.db);
      const x = { name: 'two', times: 2, odd: false, note: 'one', revision: 1n, position: 101n };
      expect(await rows.get(a, 'x')).toEqual(x);
      expect(await rows.findOne(a, 'name', 'three')).toMatchObject({ times: 1, odd: true, note: null });
      expect(await rows.get(a, 'z')).toBeUndefined();
      expect(await rows.isEmpty(a)).toBe(false);
    });
    it('goes on where it was, and passes over what it has seen', async () => {
      const events = recorded([named('x', 'one'), named('x', 'two')]);
      script.deliver(batch(events));
      const first = await projector(a);
      await first.start();
      await first.stop();
      script.deliver(batch([...events, ...recorded([named('x', 'three')], 2)]));
      await (await projector(a)).start();
      expect(script.asked).toEqual([undefined, 101n]);
      expect(await new SqlRows(database.db).get(a, 'x')).toMatchObject({ times: 3 });
    });
    it('tells nothing twice where a commit was done, and its answer never came', async () => {
      const events = recorded([named('x', 'one'), named('x', 'two')]);
      const writer = await database.writer();
      const commit = writer.commit.bind(writer);
      let lost = 1;
      writer.commit = async (...given) => {
        await commit(...given);
        if (lost-- > 0) throw Object.assign(new Error('the thread has ended'), { code: 'SQLITE_THREAD' });
      };
      script.deliver(batch(events), batch(events), batch([...events, ...recorded([named('x', 'three')], 2)]));
      const given = await projectorOf([a], writer);
      await given.start();
      await given.reached(102n, 10_000);
      expect(await new SqlRows(database.db).get(a, 'x')).toMatchObject({ name: 'three', times: 3 });
    });
    it('is live once it has caught up with what was stored while the indexes were made', async () => {
      const writer = await database.writer();
      const index = writer.index.bind(writer);
      const now = performance.now.bind(performance);
      let later = 0;
      const clock = jest.spyOn(performance, 'now').mockImplementation(() => now() + later);
      writer.index = async (tables) => {
        await index(tables);
        later += 60_000;
        script.deliver(batch(recorded([named('y', 'meanwhile')], 1)));
      };
      script.deliver(batch(recorded([named('x', 'one')])));
      await (await projectorOf([a], writer)).start();
      clock.mockRestore();
      expect(script.asked).toEqual([undefined, 100n]);
      expect(await new SqlRows(database.db).get(a, 'y')).toMatchObject({ name: 'meanwhile' });
    });
    it('tells a read model of another shape all of history, and nothing twice', async () => {
      const events = recorded([named('x', 'one'), named('x', 'two')]);
      script.deliver(batch(events));
      const first = await projector(a);
      await first.start();
      await first.stop();
      const b = view('b-1');
      script.deliver(batch(events));
      await (await projector(a, b)).start();
      expect(script.asked).toEqual([undefined, undefined]);
      for (const each of [a, b]) expect(await new SqlRows(database.db).get(each, 'x')).toMatchObject({ times: 2 });
    });
    it.each([
      ['as far', 101n, 101n],
      ['less far', 100n, undefined],
      ['nowhere', undefined, undefined],
    ])('tells all of history where the log goes less far than it was told: %s', async (_how, end, from) => {
      script.deliver(batch(recorded([named('x', 'one'), named('x', 'two')])));
      const first = await projector(a);
      await first.start();
      await first.stop();
      script.end = end;
      script.deliver(batch(recorded([named('x', 'restored')])));
      const second = await projector(a);
      await second.start();
      expect(script.asked).toEqual([undefined, from]);
      const row = { name: from === undefined ? 'restored' : 'two', times: from === undefined ? 1 : 2 };
      expect(await new SqlRows(database.db).get(a, 'x')).toMatchObject(row);
    });
    it('goes on where it was while nobody knows where the log ends', async () => {
      script.deliver(batch(recorded([named('x', 'one')])));
      const first = await projector(a);
      await first.start();
      await first.stop();
      script.head = () => Promise.reject(new EventStoreUnavailable());
      script.deliver({ events: [], position: undefined, caughtUp: true });
      await (await projector(a)).start();
      expect(script.asked).toEqual([undefined, 100n]);
    });
    it('leaves nothing of another shape behind, but what no event tells', async () => {
      await database.db.schema.createTable('kept').addColumn('x', 'text').execute();
      script.deliver(batch(recorded([named('x', 'one')])));
      const first = await projector(a);
      await first.start();
      await first.stop();
      script.deliver({ events: [], position: undefined, caughtUp: true });
      await (await projector(view('b-1'))).start();
      const names = (await database.db.introspection.getTables()).map(({ name }) => name);
      expect(names.filter((name) => name !== 'lease').sort()).toEqual(['b-1', 'checkpoints', 'kept']);
    });
    it('tells listeners which rows changed, before those who wait go on', async () => {
      const changes: string[] = [];
      const subject = await projector(a);
      subject.onCommitted((name, rows) => changes.push(name, ...rows.keys()));
      script.deliver({ events: [], position: undefined, caughtUp: true });
      await subject.start();
      const waiting = subject.reached(100n, 1000).then(() => [...changes]);
      script.deliver(batch(recorded([named('x', 'one')])));
      expect(await waiting).toEqual(['a-1', 'x']);
    });
  });

  describe('a listener that fails', () => {
    it('neither stops the projector nor keeps the commit from others', async () => {
      const told: string[] = [];
      const subject = await projector(a);
      subject.onCommitted(() => {
        throw new RangeError('a bug');
      });
      subject.onCommitted((_name, rows) => told.push(...rows.keys()));
      script.deliver(batch(recorded([named('x', 'one')])));
      await subject.start();
      const waiting = subject.reached(101n, 1000);
      script.deliver(batch(recorded([named('y', 'two')], 1)));
      await waiting;
      expect([told, subject.state, subject.fault]).toEqual([['x', 'y'], 'live', undefined]);
    });
  });

  describe('waiting for a position', () => {
    it('is over at once for one that was reached', async () => {
      script.deliver(batch(recorded([named('x', 'one')])));
      const subject = await projector(a);
      await subject.start();
      await expect(subject.reached(100n, 0)).resolves.toBeUndefined();
    });
    it('ends in time for one that does not come', async () => {
      script.deliver({ events: [], position: undefined, caughtUp: true });
      const subject = await projector(a);
      await subject.start();
      await expect(subject.reached(5n, 10)).rejects.toThrow(NotCaughtUp);
    });
  });

  describe('an event that cannot be told', () => {
    it.each<[string, () => void]>([
      [
        'unreadable',
        () => {
          script.deliver(new UnreadableEvent('user-x', 1n, 101n, 'odd'));
        },
      ],
      [
        'impossible to apply',
        () => {
          script.deliver(batch(recorded([named('x', 'impossible')], 1)));
        },
      ],
    ])('stops the projector where it is %s, with what came before told', async (_what, poison) => {
      script.deliver(batch(recorded([named('x', 'one')]), false));
      poison();
      const subject = await projector(a);
      await subject.start();
      expect(subject.state).toBe('stopped');
      expect(subject.fault).toMatch(/^event 1 of stream user-\w+ cannot be /);
      expect(await new SqlRows(database.db).get(a, 'x')).toMatchObject({ name: 'one', times: 1 });
      await expect(subject.reached(101n, 1000)).rejects.toThrow(NotCaughtUp);
    });
  });

  it.each<[string, Error]>([
    ['SQLITE_FULL', diskFull],
    ...['EAI_AGAIN', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'].map(
      (code): [string, Error] => [code, Object.assign(new Error('no connection'), { code })],
    ),
    ['no code', new Error('There was an error establishing an SSL connection')],
    ['a bug of the driver', new TypeError('a bug')],
  ])('tries again while the database fails, whatever it says, and loses nothing: %s', async (_what, fault) => {
    const events: NewEvent[] = recorded([named('x', 'one')]);
    script.deliver(batch(events as Recorded[]), batch(events as Recorded[]));
    const subject = await projectorOf([a], await failingAt(() => true, [], fault));
    await subject.start();
    expect(script.asked).toEqual([undefined, undefined]);
    expect(subject.state).toBe('live');
    expect(await new SqlRows(database.db).get(a, 'x')).toMatchObject({ times: 1 });
  });

  it('tries again where a row that an event asks for cannot be read', async () => {
    const events = recorded([named('x', 'one')]);
    script.deliver(batch(events), batch(events));
    const chronicle: Chronicle<Named, { name: string }> = {
      ...{ name: 'c-1', columns: { name: 'text' }, indexes: [] },
      on: {
        Named: async ({ data, revision, position }, { before }) => {
          await before(a, 'another');
          return [{ key: data.key, row: { name: data.name, revision, position } }];
        },
      },
    };
    const writer = await database.writer();
    const load = writer.load.bind(writer);
    let left = 1;
    writer.load = (wanted) =>
      wanted.some(({ keys }) => keys.includes('another')) && left-- > 0
        ? Promise.reject(new Error('There was an error establishing an SSL connection'))
        : load(wanted);
    const shape = { streams: ['user-'], projections: [a], chronicles: [chronicle] };
    const subject = new Projector(shape, script, writer, silent);
    projectors.push(subject);
    await subject.start();
    expect([subject.state, script.asked.length]).toEqual(['live', 2]);
  });

  it('goes on where events are refused together, and none of them is by itself', async () => {
    script.deliver(batch(recorded([named('x', 'one'), named('y', 'two')])));
    const committed: Position[] = [];
    const refused = new RowsRefused('the database cannot keep it (22021)');
    const subject = await projectorOf([a], await failingAt(() => true, committed, refused));
    await subject.start();
    expect([subject.state, subject.fault, committed]).toEqual(['live', undefined, [100n, 101n]]);
  });

  it('stops at rows that the database cannot keep', async () => {
    script.deliver(batch(recorded([named('x', 'one')])));
    const writer = await database.writer();
    writer.commit = () => Promise.reject(new RowsRefused('the database cannot keep it (22021)'));
    const subject = await projectorOf([a], writer);
    await subject.start();
    expect([subject.state, subject.fault]).toEqual(['stopped', expect.stringMatching(/^event 0 of .*22021/)]);
  });

  it('logs the code of a fault of the database, and not what it quotes', async () => {
    const said: string[] = [];
    const log: Log = { ...silent, warn: (fields, message) => said.push(`${message} ${JSON.stringify(fields)}`) };
    const events = recorded([named('x', 'one')]);
    script.deliver(batch(events), batch(events));
    const fault = Object.assign(new Error('canceled: insert … values (Ada)'), { code: '57014' });
    const shape = { streams: ['user-'], projections: [a], chronicles: [] };
    const subject = new Projector(shape, script, await failingAt(() => true, [], fault), log);
    projectors.push(subject);
    await subject.start();
    expect(said).toEqual(['the read model cannot be written; trying again {"fault":"57014"}']);
  });

  it('is live once the indexes are made, and tells nothing meanwhile', async () => {
    script.deliver(batch(recorded([named('x', 'one')])));
    const committed: Position[] = [];
    const writer = await failingAt(() => false, committed);
    const index = writer.index.bind(writer);
    let [begin, goOn] = [(): void => undefined, (): void => undefined];
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const may = new Promise<void>((resolve) => (goOn = resolve));
    writer.index = async (tables) => {
      begin();
      await may;
      await index(tables);
    };
    const subject = await projectorOf([a], writer);
    const started = subject.start();
    await begun;
    script.deliver(batch(recorded([named('x', 'two')], 1)));
    // Whatever it would do with the event, it would have begun by now.
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    expect([subject.state, committed]).toEqual(['catching up', [100n]]);
    goOn();
    await started;
    await subject.reached(101n, 10_000);
    expect([subject.state, committed]).toEqual(['live', [100n, 101n]]);
  });

  it('while history is told, fetches on, and tells nothing after a batch that could not be written', async () => {
    const history = Array.from({ length: 3 }, (_, i) =>
      recorded(
        Array.from({ length: 4000 }, () => named('x', 'again')),
        i * 4000,
      ),
    );
    const committed: bigint[] = [];
    const ends = history.map((events) => events.at(-1)?.position);
    script.deliver(...history.map((events) => batch(events, events === history[2])));
    script.deliver(...history.slice(1).map((events) => batch(events, events === history[2])));
    const subject = await projectorOf([a], await failingAt((position) => position === ends[1], committed));
    await subject.start();
    expect(committed).toEqual(ends);
    expect(script.asked).toEqual([undefined, ends[0]]);
    expect(await new SqlRows(database.db).get(a, 'x')).toMatchObject({ times: 12_000 });
  });
});
