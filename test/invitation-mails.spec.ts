import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Resources } from '../src/app.module.js';
import { Clock } from '../src/event-sourcing/clock.js';
import { EventStoreUnavailable, UnreadableEvent } from '../src/event-sourcing/errors.js';
import type { Delivery } from '../src/event-sourcing/event-store.js';
import type { Position } from '../src/event-sourcing/fact.js';
import { Lease } from '../src/event-sourcing/lease.js';
import type { Log } from '../src/event-sourcing/log.js';
import { Notebook } from '../src/event-sourcing/notebook.js';
import { LeaseLost } from '../src/infrastructure/read-model/postgres-lease.js';
import { InvitationMailing } from '../src/invitation-mails.js';
import type { Service } from '../src/service.js';
import type { Settings } from '../src/settings.js';
import { recorded, userInvited } from './support/examples.js';
import { eventually } from './support/load.js';
import { MemoryEventStore } from './support/memory-event-store.js';

const LEASE_MS = 400;
const invited = recorded([userInvited()]);

/** Whoever asks has it, each time anew. */
class FakeLease extends Lease {
  override readonly ms = LEASE_MS;
  readonly taken: number[] = [];
  held = false;

  override hold(): Promise<bigint | undefined> {
    if (!this.held) this.taken.push(performance.now());
    this.held = true;
    return Promise.resolve(BigInt(this.taken.length));
  }
  override look(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
  override release(): Promise<void> {
    this.held = false;
    return Promise.resolve();
  }
}

class FakeNotebook extends Notebook<object> {
  notes: object[] = [];
  fault: Error | undefined;

  override read(): Promise<readonly object[]> {
    return Promise.resolve(this.notes);
  }
  override add(...notes: readonly object[]): Promise<void> {
    if (this.fault) return Promise.reject(this.fault);
    this.notes.push(...notes);
    return Promise.resolve();
  }
  override replace(notes: readonly object[]): Promise<void> {
    this.notes = [...notes];
    return Promise.resolve();
  }
}

/** Brings one invitation, and then what cannot be read, if that is so; else nothing more. */
class FakeEventStore extends MemoryEventStore {
  fault: Error | undefined;
  found = invited;

  override async *subscribe(_?: unknown, after?: Position, signal?: AbortSignal): AsyncGenerator<Delivery> {
    if (after === undefined) yield { events: this.found, position: 1n, caughtUp: true };
    if (this.fault) throw this.fault;
    await new Promise((resolve) => {
      signal?.addEventListener('abort', resolve);
    });
  }
}

let dataDir: string;
let lease: FakeLease;
let notebook: FakeNotebook;
let eventStore: FakeEventStore;
let said: string[];
let mailing: InvitationMailing;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'user-ledger-mails-'));
  [lease, notebook, eventStore, said] = [new FakeLease(), new FakeNotebook(), new FakeEventStore(), []];
  const say = (fields: object, message: string): void => void said.push(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { info: say, warn: say, error: say };
  const clock: Clock = { now: () => new Date('2026-01-02T03:04:05Z') };
  const app = { get: (token: unknown) => (token === Clock ? clock : { tokenOf: () => 'a-token' }) };
  const shared = { lease: () => lease, notebook: () => notebook };
  mailing = new InvitationMailing(
    { app } as unknown as Service,
    { eventStore, readModel: { shared }, log } as unknown as Resources,
    { dataDir, databaseLeaseMs: LEASE_MS } as unknown as Settings,
  );
});
afterEach(async () => {
  await mailing.stop();
  rmSync(dataDir, { recursive: true });
});

const linesAbout = (what: string): string[] => said.filter((line) => line.includes(what));

describe('mailing invitations', () => {
  it('lets go of the lease at an event that it cannot read, once what comes before it is mailed, for a few lease times', async () => {
    eventStore.log.push(...invited);
    eventStore.fault = new UnreadableEvent('user-x', 3n, 2n, 'no such version');
    mailing.start('http://127.0.0.1');
    await eventually('it lets go', () => lease.taken.length === 1 && !lease.held);
    expect(linesAbout('a-token')).toHaveLength(1);
    expect(linesAbout('user-x')).toEqual([expect.stringContaining('event 3 of stream user-x cannot be read')]);
    await eventually('it tries again', () => lease.taken.length === 2, 10_000);
    const [first = 0, second = 0] = lease.taken;
    expect(second - first).toBeGreaterThan(3 * LEASE_MS);
    await eventually('it lets go again', () => !lease.held);
    expect([linesAbout('a-token').length, linesAbout('user-x').length]).toEqual([1, 2]);
  });
  it('mails what comes after an invitation of a user who cannot be read, before it lets go', async () => {
    const [first] = invited;
    if (!first) throw new Error('no invitation');
    const { userId } = first.data as { userId: string };
    const other = { ...first, stream: 'user-other', data: { ...first.data, userId: 'other', invitationId: 'other' } };
    eventStore.found = [first, other];
    const read = eventStore.read.bind(eventStore);
    eventStore.read = async function* (stream, from) {
      if (stream === `user-${userId}`) throw new UnreadableEvent(stream, 3n, 2n, 'no such version');
      yield* read(stream, from);
    };
    eventStore.log.push(other);
    mailing.start('http://127.0.0.1');
    await eventually('it lets go', () => lease.taken.length === 1 && !lease.held);
    expect(linesAbout('a-token')).toHaveLength(1);
    expect(notebook.notes).toContainEqual({ done: 'other' });
    expect(linesAbout('cannot be read')).toHaveLength(1);
  });
  it('has none waiting once the lease is lost, and says what came first, by its code', async () => {
    let fail: (fault: Error) => void = () => undefined;
    const failed = new Promise<never>((_, reject) => (fail = reject));
    eventStore.read = async function* () {
      await failed;
    };
    mailing.start('http://127.0.0.1');
    await eventually('it has one to mail', () => mailing.waiting === 1);
    notebook.fault = new LeaseLost('another process keeps these notes');
    fail(new EventStoreUnavailable('somebody called "Ada" is not there'));
    await eventually('it lets go', () => lease.taken.length === 1 && !lease.held);
    expect(mailing.waiting).toBe(0);
    await eventually('it says why', () => said.length > 0);
    expect(said).toEqual([expect.stringContaining('{"fault":"event-store-unavailable"}')]);
  });
});
