import { beforeEach, describe, expect, it } from '@jest/globals';
import { Clock } from '../../../src/event-sourcing/clock.js';
import { Currentness } from '../../../src/event-sourcing/currentness.js';
import { EventStoreUnavailable, ReadModelUnavailable } from '../../../src/event-sourcing/errors.js';
import type { NewEvent } from '../../../src/event-sourcing/event-store.js';
import type { Recorded } from '../../../src/event-sourcing/fact.js';
import type { AnyRow, Table } from '../../../src/event-sourcing/projection.js';
import { type CommitListener, ProjectionProgress, Rows, type Stored } from '../../../src/event-sourcing/read-model.js';
import { formatApiKey, hashApiKey } from '../../../src/users/domain/api-key.js';
import { apiKeyView } from '../../../src/users/projections/api-key-view.projection.js';
import { userView } from '../../../src/users/projections/user-view.projection.js';
import { Authentication } from '../../../src/users/queries/authenticate.js';
import { KeysInLog } from '../../../src/users/queries/keys-in-log.js';
import { MemoryEventStore } from '../../support/memory-event-store.js';

const KEY = formatApiKey(new Uint8Array(20).fill(7));
const EXPIRES = '2026-01-02T03:04:05.000Z';
const at = { revision: 0n, position: 0n };
const changed = (key: string) => new Map([[key, at as Stored<AnyRow>]]);

class Time extends Clock {
  constructor(public instant: Date) {
    super();
  }
  override now(): Date {
    return this.instant;
  }
}

class Log extends ProjectionProgress {
  override readonly position = 0n;
  tell: CommitListener = () => undefined;
  override reached(): Promise<void> {
    return Promise.resolve();
  }
  override onCommitted(listener: CommitListener): void {
    this.tell = listener;
  }
  doubted: () => void = () => undefined;
  override onDoubt(listener: () => void): void {
    this.doubted = listener;
  }
}

/** One key and its owner. */
class Found extends Rows {
  asked = 0;
  revoked = false;
  keyHash = hashApiKey(KEY);
  meanwhile: (() => void) | undefined;
  gone = false;
  override findOne<Row extends AnyRow>(table: Table<Row>, _column: string, hash: string) {
    this.asked++;
    if (this.gone) return Promise.reject(new ReadModelUnavailable());
    expect([table.name, hash]).toEqual([apiKeyView.name, hashApiKey(KEY)]);
    const { keyHash, revoked } = this;
    const key = { apiKeyId: 'k', accountId: 'a', userId: 'u', name: 'n', keyHash, expiresAt: EXPIRES, revoked, ...at };
    this.meanwhile?.();
    return Promise.resolve(key as unknown as Stored<Row>);
  }
  override get<Row extends AnyRow>(_table: Table<Row>) {
    const owner = { userId: 'u', accountId: 'a', name: 'n', role: 'member', isDeveloper: true, state: 'active' };
    return Promise.resolve({ ...owner, permissions: '[]', ...at } as unknown as Stored<Row>);
  }
  override select(): never {
    throw new Error('one key at a time');
  }
  override count(): never {
    return this.select();
  }
  override isEmpty(): never {
    return this.select();
  }
}

/** Of each stream the read model knows the first event. */
class Streams extends MemoryEventStore {
  answers: 'well' | 'never' | 'with an error' = 'well';
  happens(stream: string, type: string, data = {}): void {
    this.put(stream, { id: '', type, data, meta: {} } as unknown as NewEvent);
  }
  override async *read(stream: string, from: bigint): AsyncGenerator<Recorded, void> {
    if (this.answers === 'with an error') throw new EventStoreUnavailable();
    if (this.answers === 'never') await new Promise(() => undefined);
    expect(from).toBeGreaterThan(0n);
    yield* super.read(stream, from);
  }
}

class Told extends Currentness {
  override isCurrent = true;
  override isStopped = false;
}

let rows: Found;
let time: Time;
let log: Log;
let streams: Streams;
let told: Told;
let authentication: Authentication;
const owner = async (key = KEY) => (await authentication.principal(key))?.actor.userId;

beforeEach(() => {
  [rows, time, log] = [new Found(), new Time(new Date('2026-01-02T03:04:04.999Z')), new Log()];
  [streams, told] = [new Streams(), new Told()];
  authentication = new Authentication(rows, time, new KeysInLog(streams), told, log);
});

it('remembers whose a key is', async () => {
  expect([await owner(), await owner(), rows.asked]).toEqual(['u', 'u', 1]);
});
it('looks no key up whose check digits are wrong', async () => {
  const last = KEY.endsWith('0') ? '1' : '0';
  expect([await owner(`${KEY.slice(0, -1)}${last}`), await owner('secret'), await owner('')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(rows.asked).toBe(0);
});
it('knows by the clock when a key expires, remembered or not', async () => {
  expect(await owner()).toBe('u');
  time.instant = new Date(EXPIRES);
  expect(await owner()).toBeUndefined();
  log.tell(apiKeyView.name, changed('k'));
  expect([await owner(), rows.asked]).toEqual([undefined, 2]);
});
it('forgets a key that is revoked, and all of an owner who changes', async () => {
  await owner();
  rows.revoked = true;
  log.tell(apiKeyView.name, changed('other'));
  expect(await owner()).toBe('u');
  log.tell(apiKeyView.name, changed('k'));
  expect(await owner()).toBeUndefined();
  rows.revoked = false;
  expect([await owner(), await owner(), rows.asked]).toEqual(['u', 'u', 3]);
  log.tell(userView.name, changed('u'));
  expect([await owner(), rows.asked]).toEqual(['u', 4]);
});
it('looks a key up anew where commits may have been taken back', async () => {
  await owner();
  rows.revoked = true;
  log.doubted();
  expect([await owner(), authentication.refused.revoked]).toEqual([undefined, 1]);
});
it('does not remember what it read while a key was revoked', async () => {
  rows.meanwhile = () => {
    rows.meanwhile = undefined;
    rows.revoked = true;
    log.tell(apiKeyView.name, changed('k'));
  };
  expect([await owner(), await owner()]).toEqual(['u', undefined]);
});
it('takes no row whose hash is another', async () => {
  rows.keyHash = hashApiKey('another');
  expect(await owner()).toBeUndefined();
});

describe('while the read model is not told what happens', () => {
  const later = (ms: number) => (time.instant = new Date(time.instant.getTime() + ms));
  beforeEach(async () => {
    time.instant = new Date('2026-01-01T00:00:00.000Z');
    await owner();
    expect(streams.reads).toBe(0);
    streams.happens('apikey-k', 'ApiKeyIssued');
    streams.happens('user-u', 'UserAdded');
    told.isCurrent = false;
  });

  it('holds a key against the log, once every few seconds', async () => {
    expect([await owner(), await owner(), streams.reads]).toEqual(['u', 'u', 2]);
    later(2_999);
    expect([await owner(), streams.reads]).toEqual(['u', 2]);
    later(1);
    expect([await owner(), streams.reads, rows.asked]).toEqual(['u', 4, 1]);
  });
  it('asks the log once for all who come at the same time', async () => {
    await Promise.all([owner(), owner(), authentication.remembered(KEY)]);
    expect(streams.reads).toBe(2);
  });
  it('asks again where the clock was set back', async () => {
    await owner();
    later(-1);
    expect([await owner(), streams.reads]).toEqual(['u', 4]);
  });
  it('knows a key that was revoked, and for good', async () => {
    streams.happens('apikey-k', 'ApiKeyRevoked', { apiKeyId: 'k' });
    expect([await authentication.remembered(KEY), await owner()]).toEqual([undefined, undefined]);
    later(3_000);
    expect(await owner()).toBeUndefined();
    expect([streams.reads, authentication.refused.revoked]).toEqual([2, 2]);
  });
  it('knows a key revoked after it was found good, no more than seconds later', async () => {
    expect(await owner()).toBe('u');
    streams.happens('apikey-k', 'ApiKeyRevoked', { apiKeyId: 'k' });
    later(3_000);
    expect(await owner()).toBeUndefined();
  });
  it('knows an owner who was removed, or has other rights', async () => {
    streams.happens('user-u', 'DeveloperPermissionRevoked');
    streams.happens('user-u', 'PermissionGranted', { permission: 'USER_READ' });
    expect(await authentication.principal(KEY)).toMatchObject({
      mayUseApi: false,
      actor: { permissions: ['USER_READ'] },
    });
    streams.happens('user-u', 'UserRemoved');
    later(3_000);
    expect([await owner(), authentication.refused.owner_inactive]).toEqual([undefined, 1]);
  });
  it('takes no key on from the read model that the log knows to be revoked', async () => {
    log.tell(apiKeyView.name, changed('k'));
    streams.happens('apikey-k', 'ApiKeyRevoked', { apiKeyId: 'k' });
    expect([await owner(), rows.asked]).toEqual([undefined, 2]);
  });
  it.each(['never', 'with an error'] as const)(
    'takes the word of a read model that answers where the store answers %s, and does not ask the store each time',
    async (how) => {
      streams.answers = how;
      expect([await owner(), rows.asked]).toEqual(['u', 2]);
      rows.revoked = true;
      later(3_000);
      const from = performance.now();
      expect([await owner(), rows.asked]).toEqual([undefined, 3]);
      expect(performance.now() - from).toBeLessThan(500);
    },
  );
  it.each(['never', 'with an error'] as const)(
    'vouches for nobody where the store answers %s and the read model is gone',
    async (how) => {
      streams.answers = how;
      rows.gone = true;
      await expect(authentication.remembered(KEY)).rejects.toThrow(ReadModelUnavailable);
      await expect(owner()).rejects.toThrow(ReadModelUnavailable);
    },
  );
  it.each(['never', 'with an error'] as const)(
    'vouches for nobody where the store answers %s and the read model is told nothing more',
    async (how) => {
      told.isStopped = true;
      streams.answers = how;
      await expect(authentication.remembered(KEY)).rejects.toThrow(EventStoreUnavailable);
      await expect(owner()).rejects.toThrow(EventStoreUnavailable);
      expect(rows.asked).toBe(1);
    },
  );
  it('does not go back to what the read model last knew', async () => {
    streams.happens('user-u', 'DeveloperPermissionRevoked');
    await owner();
    streams.answers = 'with an error';
    later(3_000);
    expect((await authentication.principal(KEY))?.mayUseApi).toBe(false);
  });
  it('forgets what the log said as soon as the read model knows more', async () => {
    await owner();
    told.isCurrent = true;
    log.tell(userView.name, changed('u'));
    expect([await owner(), rows.asked]).toEqual(['u', 2]);
  });
});
