import { describe, expect, it } from '@jest/globals';
import { ApiKeyNotFound, ExpiryPassed, KeysNotManageable } from '../../../src/users/domain/api-key.errors.js';
import type { ApiKeyEvent, ApiKeyIssued } from '../../../src/users/domain/api-key.events.js';
import {
  evolveApiKey,
  formatApiKey,
  hashApiKey,
  isSameHash,
  requestApiKey,
  revokeApiKey,
} from '../../../src/users/domain/api-key.js';
import { expectUser, keyRule } from '../../../src/users/domain/api-key.policy.js';
import { CorruptHistory, UserNotFound } from '../../../src/users/domain/user.errors.js';
import { evolve } from '../../../src/users/domain/user.js';
import { ACCOUNT, admin, annotator, member, stranger, USER, userAdded, userInvited } from '../../support/examples.js';
import { scenarios } from '../../support/scenarios.js';

const KEY = '01JDZ7Y3Q9G1PKV5T9F6W8X2AB';
const NOW = new Date('2026-01-02T03:04:05.000Z');
const owner = { ...annotator, userId: USER };

const issued = (data: Partial<ApiKeyIssued['data']> = {}): ApiKeyIssued => ({
  type: 'ApiKeyIssued',
  data: {
    ...{ apiKeyId: KEY, accountId: ACCOUNT, userId: USER, name: 'nightly export', keyHash: 'f00d' },
    ...{ redactedKey: 'ul_abc…wxyz', expiresAt: null, ...data },
  },
});
const revoked: ApiKeyEvent = { type: 'ApiKeyRevoked', data: { apiKeyId: KEY } };

describe('issuing', () => {
  const given = scenarios({
    evolve: evolveApiKey,
    decide: (current, data: ApiKeyIssued['data']) => requestApiKey(current, data, NOW),
  });
  it('says what was asked for', () => {
    given().when(issued().data).emits(issued());
  });
  it('takes an end that is to come, and none that is past or this very moment', () => {
    const ending = (expiresAt: string) => given().when(issued({ expiresAt }).data);
    ending('2026-01-02T03:04:05.001Z').emits(issued({ expiresAt: '2026-01-02T03:04:05.001Z' }));
    ending('2026-01-02T03:04:05.000Z').refuses(ExpiryPassed);
    ending('2025-01-02T03:04:05.000Z').refuses(ExpiryPassed);
  });
  it('makes nothing of a key that is there, though it has expired since, or is revoked', () => {
    const past = issued({ expiresAt: '2025-01-01T00:00:00.000Z' });
    given(past).when(past.data).emitsNothing();
    given(issued(), revoked).when(issued().data).emitsNothing();
  });
});

describe('revoking', () => {
  const given = scenarios({ evolve: evolveApiKey, decide: revokeApiKey });
  const revoke = (actor: typeof admin) => ({ apiKeyId: KEY, actor });
  it('is its owner’s to do, and the admin’s', () => {
    given(issued()).when(revoke(owner)).emits(revoked);
    given(issued()).when(revoke(admin)).emits(revoked);
  });
  it('is no other user’s, even where nothing would change', () => {
    given(issued()).when(revoke(member)).refuses(KeysNotManageable);
    given(issued(), revoked).when(revoke(member)).refuses(KeysNotManageable);
  });
  it('finds no key that is not there, or another account’s', () => {
    given().when(revoke(admin)).refuses(ApiKeyNotFound);
    given(issued()).when(revoke(stranger)).refuses(ApiKeyNotFound);
    given(issued())
      .when(revoke({ ...owner, accountId: stranger.accountId }))
      .refuses(ApiKeyNotFound);
  });
  it('says so where history cannot be', () => {
    expect(() => evolveApiKey(undefined, revoked)).toThrow(CorruptHistory);
  });
});

describe('the owner of a new key', () => {
  const given = scenarios({
    evolve,
    decide: (current, accountId: string) => expectUser(current, accountId, USER),
  });
  it('is active or invited', () => {
    given(userAdded()).when(ACCOUNT).emitsNothing();
    given(userInvited()).when(ACCOUNT).emitsNothing();
  });
  it('is nobody removed, unknown, or of another account', () => {
    given(userAdded(), { type: 'UserRemoved', data: { userId: USER } })
      .when(ACCOUNT)
      .refuses(UserNotFound);
    given().when(ACCOUNT).refuses(UserNotFound);
    given(userAdded()).when(stranger.accountId).refuses(UserNotFound);
  });
});

it('says what allowed it', () => {
  expect([admin, member, annotator].map(keyRule)).toEqual(['account_admin', 'key_owner', 'key_owner']);
});

it('compares hashes', () => {
  const [one, other] = [1, 2].map((byte) => hashApiKey(formatApiKey(new Uint8Array(20).fill(byte))));
  expect(isSameHash(one ?? '', one ?? '')).toBe(true);
  expect(isSameHash(one ?? '', other ?? '')).toBe(false);
  expect(isSameHash(one ?? '', '')).toBe(false);
});
