import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreUnavailable } from '../../../src/event-sourcing/errors.js';
import type { Position } from '../../../src/event-sourcing/fact.js';
import type { FencingToken } from '../../../src/event-sourcing/lease.js';
import type { ReadModelWriter } from '../../../src/event-sourcing/read-model.js';
import { SharedProjector } from '../../../src/infrastructure/projector/shared-projector.js';
import { SharedReadModel } from '../../../src/infrastructure/projector/shared-read-model.js';
import { changesSince, type Since } from '../../../src/infrastructure/read-model/postgres-changes.js';
import { openLeases, PostgresLease } from '../../../src/infrastructure/read-model/postgres-lease.js';
import { PostgresReadModelWriter } from '../../../src/infrastructure/read-model/postgres-writer.js';
import { checkpoints, createTable } from '../../../src/infrastructure/read-model/tables.js';
import { databases, silent, type TestDatabase } from '../../support/databases.js';
import { recorded } from '../../support/examples.js';
import { eventually } from '../../support/load.js';
import { batch, named, Script, view } from '../../support/scripted-log.js';

const LEASE_MS = 400;
const AT_ONCE = 3;
const a = view('a-1');

let database: TestDatabase;
let projectors: SharedProjector[];

class Part extends SharedReadModel {
  override readonly lease = new PostgresLease(database.db, 'read-model', LEASE_MS);
  /** Holds back whoever follows. */
  paused: Promise<void> = Promise.resolve();
  override async since(_: unknown, after: Position | undefined): Promise<Since | undefined> {
    await this.paused;
    return changesSince(database.db, [a], after, AT_ONCE);
  }
  override readonly news = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
  override writer(token: FencingToken): ReadModelWriter {
    return new PostgresReadModelWriter(database.db, { name: 'read-model', token });
  }
}

/** The event store as one process reaches it, or does not. */
class Store extends Script {
  reached = true;
  override head(): Promise<Position | undefined> {
    return this.reached ? super.head() : Promise.reject(new EventStoreUnavailable('not reached'));
  }
}

type Instance = Readonly<{ store: Store; part: Part; projector: SharedProjector; heard: [unknown, Position][] }>;

/** A process of several that have the same log, and the names that its listeners have heard, with how far it said it was. */
async function instance(): Promise<Instance> {
  const [store, part, heard] = [new Store(), new Part(), [] as [unknown, Position][]];
  store.deliver(batch(recorded([named('x', 'first')])));
  const projector = new SharedProjector({ streams: ['user-'], projections: [a], chronicles: [] }, store, part, silent);
  projector.onCommitted((_, rows) => {
    for (const { name } of rows.values()) heard.push([name, projector.position]);
  });
  projectors.push(projector);
  await projector.start();
  return { store, part, projector, heard };
}

const [, [name, open] = ['', () => Promise.reject(new Error('no database'))]] = databases;

describe(`instances that share a read model, in ${name}`, () => {
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

  it('leave the telling to one that reaches the event store, whichever that is', async () => {
    const [first, second] = [await instance(), await instance()];
    expect([first.projector.owns, second.projector.owns]).toEqual([true, false]);
    first.store.reached = false;
    await eventually('the second tells', () => second.projector.owns);
    second.store.deliver(batch(recorded([named('y', 'of the second')], 1)));
    await first.projector.reached(101n, 10_000);
    await eventually('the first knows that it goes on', () => first.projector.state === 'live');
    expect(first.projector.owns).toBe(false);
    first.store.reached = true;
    second.store.reached = false;
    await eventually('the first tells again', () => first.projector.owns && !second.projector.owns);
  });

  it('keep the telling where it is while the event store is gone for a moment', async () => {
    const [first, second] = [await instance(), await instance()];
    const { token } = first.projector;
    first.store.reached = false;
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS / 2));
    first.store.reached = true;
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS));
    expect([first.projector.token, second.projector.owns]).toEqual([token, false]);
  });

  it('tell nothing while none reaches the event store, and go on by themselves once one does', async () => {
    const all = [await instance(), await instance()];
    for (const { store } of all) store.reached = false;
    await eventually('none tells', () => !all.some(({ projector }) => projector.owns));
    const [, second] = all;
    if (second) second.store.reached = true;
    await eventually('one tells', () => all.some(({ projector }) => projector.owns), 2 * LEASE_MS + 2_000);
    expect(second?.projector.owns).toBe(true);
  });

  it('hear in parts of what they missed, and say how far they are when they have heard all', async () => {
    const [owner, follower] = [await instance(), await instance()];
    let goOn = (): void => undefined;
    follower.part.paused = new Promise((resolve) => (goOn = resolve));
    for (let i = 1; i <= 10; i++) owner.store.deliver(batch(recorded([named(`k${i}`, `name ${i}`)], i)));
    await owner.projector.reached(110n, 10_000);
    goOn();
    await follower.projector.reached(110n, 10_000);
    // The last part is heard together with how far it goes.
    const told = Array.from({ length: 10 }, (_, i) => [`name ${i + 1}`, i < 9 ? 100n : 110n]);
    expect(follower.heard).toEqual(told);
  });
});
