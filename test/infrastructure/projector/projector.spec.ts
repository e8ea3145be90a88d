import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreUnavailable, NotCaughtUp, UnreadableEvent } from '../../../src/event-sourcing/errors.js';
import type { NewEvent } from '../../../src/event-sourcing/event-store.js';
import type { Position, Recorded } from '../../../src/event-sourcing/fact.js';
import type { Projection } from '../../../src/event-sourcing/projection.js';
import type { ReadModelWriter } from '../../../src/event-sourcing/read-model.js';
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

/** Fails once, at the commit it is told to. */
async function failingAt(which: (position: Position) => boolean, committed: Position[] = []): Promise<ReadModelWriter> {
  const writer = await database.writer();
  const commit = writer.commit.bind(writer);
  let left = 1;
  writer.commit = async (changes, position) => {
    if (which(position) && left-- > 0) throw Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
    await commit(changes, position);
    committed.push(position);
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
      expect(names.filter((name) => name !== 'lease').sort()).toEqual(['b-1', 'checkpoint', 'kept']);
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
      expect(subject.fault).toBeDefined();
      expect(await new SqlRows(database.db).get(a, 'x')).toMatchObject({ name: 'one', times: 1 });
      await expect(subject.reached(101n, 1000)).rejects.toThrow(NotCaughtUp);
    });
  });

  it('tries again while the database fails, and loses nothing', async () => {
    const events: NewEvent[] = recorded([named('x', 'one')]);
    script.deliver(batch(events as Recorded[]), batch(events as Recorded[]));
    const subject = await projectorOf([a], await failingAt(() => true));
    await subject.start();
    expect(script.asked).toEqual([undefined, undefined]);
    expect(subject.state).toBe('live');
    expect(await new SqlRows(database.db).get(a, 'x')).toMatchObject({ times: 1 });
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
