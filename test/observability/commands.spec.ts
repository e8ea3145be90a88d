import { beforeEach, expect, it } from '@jest/globals';
import type { CommandBus } from '@nestjs/cqrs';
import { EventStoreUnavailable, OutcomeUnknown, WrongExpectedRevision } from '../../src/event-sourcing/errors.js';
import { Commands } from '../../src/observability/commands.js';
import { PrometheusMetrics } from '../../src/observability/prometheus-metrics.js';

class CountCommand {
  readonly context = { requestId: 'r', commandId: 'c', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
}

let answer: () => Promise<unknown>;
let lines: object[];
let commands: Commands;
let bus: CommandBus;
beforeEach(() => {
  lines = [];
  commands = new Commands(undefined, { debug: (fields) => lines.push(fields) });
  bus = { execute: () => answer() } as unknown as CommandBus;
  commands.watch(bus);
});

const execute = (given: () => Promise<unknown>): Promise<unknown> => {
  answer = given;
  return bus.execute(new CountCommand() as never);
};

async function counted(): Promise<Record<string, number>> {
  const metrics = new PrometheusMetrics();
  commands.about(metrics);
  const found = (await metrics.text()).matchAll(/commands_total\{command="Count",outcome="(\w+)"\} ([1-9]\d*)/g);
  return Object.fromEntries([...found].map(([, outcome = '', count]) => [outcome, Number(count)]));
}

const refusal = (code: string) => Object.assign(new Error('no'), { code });

it.each([
  ['changed', () => Promise.resolve({ outcome: 'changed' })],
  ['unchanged', () => Promise.resolve({ outcome: 'unchanged' })],
  ['repeated', () => Promise.resolve({ committed: { outcome: 'repeated' } })],
  ['done', () => Promise.resolve(undefined)],
  ['refused', () => Promise.reject(refusal('update-not-allowed'))],
  ['conflict', () => Promise.reject(new WrongExpectedRevision('a-1', 0n, 1n))],
  ['unavailable', () => Promise.reject(new EventStoreUnavailable('down'))],
  ['unknown', () => Promise.reject(new OutcomeUnknown('perhaps'))],
  ['failed', () => Promise.reject(new TypeError('a bug'))],
  ['failed', () => Promise.reject(refusal('SQLITE_FULL'))],
])('counts one that ended as %s, and answers as the handler did', async (outcome, given) => {
  const settled = await execute(given).catch((error: unknown) => error);
  expect(settled).toEqual(await given().catch((error: unknown) => error));
  expect(await counted()).toEqual({ [outcome]: 1 });
});

it('says whose request it was, at debug level', async () => {
  await execute(() => Promise.resolve({ outcome: 'changed' }));
  const ids = { requestId: 'r', correlationId: 'r', commandId: 'c', traceId: 'a'.repeat(32) };
  expect(lines).toEqual([{ ...ids, command: 'Count', outcome: 'changed', ms: expect.any(Number) }]);
});
