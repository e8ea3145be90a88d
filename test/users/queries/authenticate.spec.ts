import { beforeEach, expect, it } from '@jest/globals';
import { Clock } from '../../../src/event-sourcing/clock.js';
import type { AnyRow, Table } from '../../../src/event-sourcing/projection.js';
import { type CommitListener, ProjectionProgress, Rows, type Stored } from '../../../src/event-sourcing/read-model.js';
import { formatApiKey, hashApiKey } from '../../../src/users/domain/api-key.js';
import { apiKeyView } from '../../../src/users/projections/api-key-view.projection.js';
import { userView } from '../../../src/users/projections/user-view.projection.js';
import { Authentication } from '../../../src/users/queries/authenticate.js';

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
}

/** One key and its owner. */
class Found extends Rows {
  asked = 0;
  revoked = false;
  keyHash = hashApiKey(KEY);
  meanwhile: (() => void) | undefined;
  override findOne<Row extends AnyRow>(table: Table<Row>, _column: string, hash: string) {
    this.asked++;
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

let rows: Found;
let time: Time;
let log: Log;
let authentication: Authentication;
const owner = async (key = KEY) => (await authentication.principal(key))?.actor.userId;

beforeEach(() => {
  [rows, time, log] = [new Found(), new Time(new Date('2026-01-02T03:04:04.999Z')), new Log()];
  authentication = new Authentication(rows, time, log);
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
