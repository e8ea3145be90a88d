import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { SystemClock } from '../../../src/event-sourcing/clock.js';
import { EventStoreUnavailable } from '../../../src/event-sourcing/errors.js';
import type { Context } from '../../../src/event-sourcing/fact.js';
import { Refusals, TOLD_PER_MINUTE } from '../../../src/users/commands/refusals.js';
import { Denials } from '../../../src/users/commands/streams.js';
import type { DenialEvent } from '../../../src/users/domain/denial.events.js';
import { UpdateNotAllowed, UserNotFound, UsersNotReadable } from '../../../src/users/domain/user.errors.js';

class Kept extends Denials {
  readonly all: { id: string; fact: DenialEvent; context: Context }[] = [];
  fault: Error | undefined;
  override add(id: string, facts: readonly DenialEvent[], context: Context): Promise<void> {
    if (this.fault) return Promise.reject(this.fault);
    for (const fact of facts) this.all.push({ id, fact, context });
    return Promise.resolve();
  }
}

const context: Omit<Context, 'rule'> = {
  ...{ accountId: 'a', requestId: 'r', ip: null, userAgent: null, commandId: 'chosen', commandFingerprint: 'f' },
  actor: { userId: 'u', name: 'n', role: 'member', apiKeyId: 'k' },
};
const attempt = { action: 'updateUser', targetId: 't', fields: ['name'] };
let kept: Kept;
let refusals: Refusals;
const refuse = (error: Error = new UpdateNotAllowed('name'), by = context) =>
  refusals.watch(attempt, by, () => Promise.reject(error)).catch((thrown: unknown) => thrown);
const counted = () => kept.all.filter(({ fact }) => fact.type === 'AccessDenialsCounted').map(({ fact }) => fact.data);

beforeEach(() => {
  jest.useFakeTimers({ now: Date.parse('2026-01-02T03:04:05.000Z') });
  kept = new Kept();
  refusals = new Refusals(kept, new SystemClock());
});
afterEach(() => {
  jest.useRealTimers();
});

it.each([
  [new UpdateNotAllowed('name'), 'permission:USER_UPDATE'],
  [new UpdateNotAllowed('is_developer'), 'account_admin'],
  [new UsersNotReadable(), 'permission:USER_READ'],
])('keeps what was missing for %p', async (error, missing) => {
  expect(await refuse(error)).toBe(error);
  expect(kept.all).toMatchObject([{ id: 'a', fact: { type: 'AccessDenied', data: { ...attempt, missing } } }]);
});
it('keeps nothing of a command that succeeds, or fails for another reason', async () => {
  expect(await refusals.watch(attempt, context, () => Promise.resolve(7))).toBe(7);
  await refuse(new UserNotFound('t'));
  expect(kept.all).toEqual([]);
});
it('takes every refusal for an attempt of its own, whatever id the caller chose', async () => {
  await refuse();
  await refuse();
  const ids = kept.all.map(({ context: { commandId } }) => commandId);
  expect(new Set([...ids, 'chosen']).size).toBe(3);
  expect(kept.all[0]?.context).not.toHaveProperty('commandFingerprint');
});
it('tells of a refusal only once it is kept', async () => {
  kept.fault = new EventStoreUnavailable();
  expect(await refuse()).toBe(kept.fault);
});
it('counts a flood by one key, and no other key', async () => {
  for (let i = 0; i < TOLD_PER_MINUTE + 5; i++) await refuse();
  await refuse(undefined, { ...context, actor: { ...context.actor, apiKeyId: 'other' } });
  expect(kept.all).toHaveLength(TOLD_PER_MINUTE + 1);
  await jest.advanceTimersByTimeAsync(60_000);
  const since = '2026-01-02T03:04:05.000Z';
  expect(counted()).toEqual([{ apiKeyId: 'k', count: 5, since, until: '2026-01-02T03:05:05.000Z' }]);
  await refuse();
  expect(kept.all.at(-1)?.fact.type).toBe('AccessDenied');
});
it('writes the count down before the service stops', async () => {
  for (let i = 0; i < TOLD_PER_MINUTE + 2; i++) await refuse();
  await refusals.beforeApplicationShutdown();
  expect(counted()).toMatchObject([{ count: 2 }]);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(counted()).toHaveLength(1);
});
