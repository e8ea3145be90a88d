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

/** A process's part in the shared read model. What it writes may go wrong. */
class Part extends SharedReadModel {
  override readonly lease = new PostgresLease(database.db, 'read-model', LEASE_MS);
  override readonly since = changesSince.bind(undefined, database.db);
  override readonly news = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
  /** The answer to a commit is lost, so many times. */
  lost = 0;
  override writer(token: FencingToken): ReadModelWriter {
    const writer = new PostgresReadModelWriter(database.db, { name: 'read-model', token });
    const commit = writer.commit.bind(writer);
    writer.commit = async (...given) => {
      await commit(...given);
      if (this.lost-- > 0) throw Object.assign(new Error('the connection is gone'), { code: 'ECONNRESET' });
    };
    return writer;
  }
}

/** A process of several, and the names that its listeners have heard. */
function process(script: Script): { part: Part; projector: SharedProjector; heard: unknown[] } {
  const [part, heard] = [new Part(), [] as unknown[]];
  const projector = new SharedProjector({ streams: ['user-'], projections: [a], chronicles: [] }, script, part, silent);
  projector.onCommitted((_, rows) => heard.push(...[...rows.values()].map(({ name }) => name)));
  projectors.push(projector);
  return { part, projector, heard };
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
    const ours = new Script();
    const [first, second] = [process(ours), process(new Script())];
    ours.deliver(batch(recorded([named('x', 'one')])));
    await first.projector.start();
    await second.projector.start();
    ours.deliver(batch(recorded([named('x', 'impossible')], 1)));
    await eventually('the other knows', () => second.projector.state === 'stopped');
    // Not after the minute that it asks for.
    await expect(second.projector.reached(101n, 60_000)).rejects.toMatchObject({ code: 'not-caught-up' });
    expect([first.projector.state, first.projector.owns, second.projector.owns]).toEqual(['stopped', true, false]);
  });
});
