import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FencingToken } from '../../../src/event-sourcing/lease.js';
import type { ReadModelWriter } from '../../../src/event-sourcing/read-model.js';
import { SharedProjector } from '../../../src/infrastructure/projector/shared-projector.js';
import { SharedReadModel } from '../../../src/infrastructure/projector/shared-read-model.js';
import { changesSince } from '../../../src/infrastructure/read-model/postgres-changes.js';
import { openLeases, PostgresLease } from '../../../src/infrastructure/read-model/postgres-lease.js';
import { PostgresReadModelWriter } from '../../../src/infrastructure/read-model/postgres-writer.js';
import { SqlRows } from '../../../src/infrastructure/read-model/sql-rows.js';
import { checkpoints, createTable } from '../../../src/infrastructure/read-model/tables.js';
import { databases, silent, type TestDatabase } from '../../support/databases.js';
import { recorded } from '../../support/examples.js';
import { eventually } from '../../support/load.js';
import { batch, named, Script, view } from '../../support/scripted-log.js';

const LEASE_MS = 600;
const a = view('a-1');

let database: TestDatabase;
let projectors: SharedProjector[];

/** As a release has it that can tell what `a` cannot. */
const tolerant: typeof a = {
  ...a,
  on: { Named: ({ data }, row) => ({ name: data.name, times: (row?.times ?? 0) + 1, odd: false, note: null }) },
};

/** Delivers the same to whoever asks: an event, and one that cannot be told. */
class Poisoned extends Script {
  override subscribe(...given: Parameters<Script['subscribe']>): ReturnType<Script['subscribe']> {
    this.deliver(batch(recorded([named('x', 'one'), named('x', 'impossible')])));
    return super.subscribe(...given);
  }
}

/** A process's part in the shared read model. What it writes may go wrong. */
class Part extends SharedReadModel {
  override readonly lease: PostgresLease;
  override since: SharedReadModel['since'] = changesSince.bind(undefined, database.db);
  override readonly news = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
  /** The answer to a commit is lost, so many times. */
  lost = 0;
  /** Why the next commits are refused, before anything is written. */
  refused: Error[] = [];
  /** Holds back the making of indexes. */
  indexing: Promise<void> = Promise.resolve();
  constructor(leaseMs: number) {
    super();
    this.lease = new PostgresLease(database.db, 'read-model', leaseMs);
  }
  override writer(token: FencingToken): ReadModelWriter {
    const writer = new PostgresReadModelWriter(database.db, { name: 'read-model', token });
    const commit = writer.commit.bind(writer);
    const index = writer.index.bind(writer);
    writer.index = async (tables) => {
      await this.indexing;
      await index(tables);
    };
    writer.commit = async (...given) => {
      const refused = this.refused.shift();
      if (refused) throw refused;
      await commit(...given);
      if (this.lost-- > 0) throw Object.assign(new Error('the connection is gone'), { code: 'ECONNRESET' });
    };
    return writer;
  }
}

/** A process of several, and the names that its listeners have heard. */
function process(
  script: Script,
  { projection = a, leaseMs = LEASE_MS, log = silent } = {},
): { part: Part; projector: SharedProjector; heard: unknown[]; doubts: () => number } {
  const [part, heard] = [new Part(leaseMs), [] as unknown[]];
  const shape = { streams: ['user-'], projections: [projection], chronicles: [] };
  const projector = new SharedProjector(shape, script, part, log);
  projector.onCommitted((_, rows) => heard.push(...[...rows.values()].map(({ name }) => name)));
  let doubts = 0;
  projector.onDoubt(() => doubts++);
  projectors.push(projector);
  return { part, projector, heard, doubts: () => doubts };
}

const [, [name, open] = ['', () => Promise.reject(new Error('no database'))]] = databases;

describe(`a read model that processes share, in ${name}`, () => {
  beforeEach(async () => {
    projectors = [];
    database = await open();
    await createTable(database.db, checkpoints);
    await openLeases(database.db);
  });
  afterEach(async () => {
    await Promise.all(projectors.map((each) => each.stop()));
    await database.close();
  });

  it('tells an event once where the answer to the commit was lost, and its listeners hear of it', async () => {
    const script = new Script();
    const events = recorded([named('x', 'one'), named('x', 'two')]);
    script.deliver(batch(events.slice(0, 1)));
    const { part, projector, heard } = process(script);
    await projector.start();
    part.lost = 1;
    const waiting = projector.reached(101n, 10_000);
    script.deliver(batch(events.slice(1)));
    await waiting;
    expect(heard).toEqual(['one', 'two']);
    script.deliver(batch(events));
    script.deliver(batch(recorded([named('x', 'three')], 2)));
    await projector.reached(102n, 10_000);
    expect(heard).toEqual(['one', 'two', 'three']);
    expect(await new SqlRows(database.db).get(a, 'x')).toMatchObject({ name: 'three', times: 3 });
  });

  it('is told by the first to come; the others hear the same, and go on when it stops', async () => {
    const [ours, theirs] = [new Script(), new Script()];
    const first = process(ours);
    ours.deliver(batch(recorded([named('x', 'one')])));
    await first.projector.start();
    const second = process(theirs);
    await second.projector.start();
    expect([first.projector.owns, second.projector.owns]).toEqual([true, false]);
    expect([second.projector.state, second.projector.position]).toEqual(['live', 100n]);
    ours.deliver(batch(recorded([named('y', 'two')], 1)));
    await second.projector.reached(101n, 10_000);
    expect(second.heard).toEqual(['two']);
    await first.projector.stop();
    await eventually('the other goes on', () => second.projector.owns);
    theirs.deliver(batch(recorded([named('z', 'three')], 2)));
    await second.projector.reached(102n, 10_000);
    expect(theirs.asked).toEqual([101n]);
    expect(second.heard).toEqual(['two', 'three']);
  });

  it('says to all where an event cannot be told, and keeps nobody waiting', async () => {
    const [ours, theirs] = [new Script(), new Script()];
    const [first, second] = [process(ours), process(theirs)];
    ours.deliver(batch(recorded([named('x', 'one')])));
    await first.projector.start();
    await second.projector.start();
    const impossible = batch(recorded([named('x', 'impossible')], 1));
    ours.deliver(impossible);
    theirs.deliver(impossible);
    await eventually('both have tried', () => theirs.asked.length > 0 && !second.projector.owns);
    expect([first.projector.state, second.projector.state]).toEqual(['stopped', 'stopped']);
    expect([first.projector.owns, second.projector.owns]).toEqual([false, false]);
    for (const { projector } of [first, second]) {
      expect(projector.fault).toMatch(/^event 1 of stream/);
      // Not after the minute that it asks for.
      await expect(projector.reached(101n, 60_000)).rejects.toMatchObject({ code: 'not-caught-up' });
    }
  });

  it('goes on with one that can tell what another cannot, and serves those who wait at either', async () => {
    const [ours, theirs] = [new Script(), new Script()];
    const [first, second] = [process(ours), process(theirs, { projection: tolerant })];
    ours.deliver(batch(recorded([named('x', 'one')])));
    await first.projector.start();
    await second.projector.start();
    ours.deliver(batch(recorded([named('x', 'impossible')], 1)));
    await eventually('the first has stopped', () => first.projector.state === 'stopped' && !first.projector.owns);
    theirs.deliver(batch(recorded([named('x', 'impossible')], 1)));
    await eventually('all is well', () => [first, second].every(({ projector }) => projector.state === 'live'));
    expect([first.projector.owns, second.projector.owns, first.projector.fault]).toEqual([false, true, undefined]);
    await first.projector.reached(101n, 10_000);
    const waiting = [first, second].map(({ projector }) => projector.reached(102n, 10_000));
    theirs.deliver(batch(recorded([named('x', 'three')], 2)));
    await Promise.all(waiting);
    expect(first.heard).toEqual(['one', 'impossible', 'three']);
  });

  it('is tried in turn while nobody can tell an event, now and then, and nobody says otherwise meanwhile', async () => {
    const [ours, theirs] = [new Poisoned(), new Poisoned()];
    const leaseMs = 150;
    const [first, second] = [process(ours, { leaseMs }), process(theirs, { leaseMs })];
    const began = performance.now();
    await first.projector.start();
    await second.projector.start();
    const said = new Set<string>();
    await eventually('each has tried again', () => {
      for (const { projector } of [first, second]) said.add(projector.state);
      return Math.min(ours.asked.length, theirs.asked.length) > 1;
    });
    const inTurns = 2 + (performance.now() - began) / (5 * leaseMs);
    expect([...said]).toEqual(['stopped']);
    expect(Math.max(ours.asked.length, theirs.asked.length)).toBeLessThan(inTurns);
  });

  it('goes on where the database could not be reached for a moment', async () => {
    const script = new Script();
    const events = recorded([named('x', 'one'), named('x', 'two')]);
    script.deliver(batch(events.slice(0, 1)));
    const { part, projector } = process(script);
    await projector.start();
    const fault = Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' });
    part.refused.push(fault, fault);
    script.deliver(batch(events.slice(1)), batch(events), batch(events));
    await projector.reached(101n, 10_000);
    await eventually('it is live again', () => projector.state === 'live');
    expect(await new SqlRows(database.db).get(a, 'x')).toMatchObject({ name: 'two', times: 2 });
  });

  it('tells again what the database has lost, though the lease is as it was', async () => {
    const script = new Script();
    const events = recorded([named('x', 'one'), named('y', 'two'), named('z', 'three')]);
    script.deliver(batch(events.slice(0, 1)), batch(events.slice(0, 2)));
    const { projector } = process(script);
    await projector.start();
    await projector.reached(101n, 10_000);
    await database.db.deleteFrom(a.name).where('key', '=', 'y').execute();
    await database.db.updateTable(checkpoints.name).set({ position: 100 }).execute();
    script.deliver(batch(events.slice(2)), batch(events));
    await eventually('it is told again', () => new SqlRows(database.db).get(a, 'y'));
    await eventually('so is what comes after', () => new SqlRows(database.db).get(a, 'z'));
    expect(script.asked).toEqual([undefined, 100n]);
  });

  it('has whoever remembers rows forget them once the database is well again, which may be another', async () => {
    const [ours, theirs] = [new Script(), new Script()];
    const [first, second] = [process(ours), process(theirs)];
    ours.deliver(batch(recorded([named('x', 'one')])));
    await first.projector.start();
    await second.projector.start();
    expect([first.doubts(), second.doubts()]).toEqual([0, 0]);
    const { since } = second.part;
    second.part.since = () => Promise.reject(Object.assign(new Error('no'), { code: '57P01' }));
    await eventually('the other has lost it', () => second.projector.state === 'failing');
    expect(second.doubts()).toBe(0);
    second.part.since = since;
    await eventually('the other forgets', () => second.doubts() === 1);
    first.part.lost = 1;
    ours.deliver(batch(recorded([named('x', 'two')], 1)));
    await eventually('the first forgets', () => first.doubts() === 1);
    await second.projector.reached(101n, 10_000);
    expect(second.doubts()).toBe(1);
  });

  it('is live for all once its indexes are made', async () => {
    const [ours, theirs] = [new Script(), new Script()];
    const [first, second] = [process(ours), process(theirs)];
    let make = (): void => undefined;
    first.part.indexing = new Promise((resolve) => (make = resolve));
    ours.deliver(batch(recorded([named('x', 'one')])));
    const { lease } = first.part;
    const hold = lease.hold.bind(lease);
    const notes: string[] = [];
    lease.hold = (note) => {
      notes.push(note);
      return hold(note);
    };
    const starting = [first.projector.start()];
    await eventually('the rows are there', () => first.projector.position === 100n);
    starting.push(second.projector.start());
    const before = notes.length;
    await eventually('it has said twice how it is', () => notes.length > before + 2);
    await eventually('the other knows', () => second.projector.position === 100n);
    expect([first.projector.state, second.projector.state, notes.at(-1)]).toEqual(Array(3).fill('catching up'));
    make();
    await Promise.all(starting);
    expect([first.projector.state, second.projector.state]).toEqual(['live', 'live']);
  });

  it('leaves the lease to others where what was committed before cannot be read', async () => {
    const { part, projector } = process(new Script());
    part.since = () => Promise.reject(Object.assign(new Error('no'), { code: '57P01' }));
    void projector.start();
    await eventually('it has had it', () => projector.state === 'failing');
    await eventually('it is free', async () => (await part.lease.look())?.over, 5 * LEASE_MS);
    expect([projector.state, projector.fault, projector.owns]).toEqual(['failing', '57P01', false]);
  });

  it('logs the code of a fault of the database, and not what it quotes', async () => {
    const said: string[] = [];
    const log = { ...silent, warn: (fields: object, message: string) => said.push(message + JSON.stringify(fields)) };
    const { part, projector } = process(new Script(), { log });
    part.since = () => Promise.reject(Object.assign(new Error('canceled: values (Ada)'), { code: '57014' }));
    void projector.start();
    await eventually('it is said', () => said.length > 0);
    expect(said[0]).toBe('the read model cannot be shared; trying again{"fault":"57014"}');
  });
});
