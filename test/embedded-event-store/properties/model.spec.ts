import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Trial } from './trial.js';
import type { Request, Step } from './trial.js';

const CYCLES = Number(process.env.EVENTSTORE_CYCLES ?? 6);
const SEED = Number(process.env.EVENTSTORE_SEED ?? randomInt(2 ** 31));
const MS_PER_CYCLE = 5_000;

let trial: Trial;
beforeAll(async () => {
  trial = await Trial.start();
});
afterAll(() => trial.end());

const client = fc.constantFrom<0 | 1>(0, 1);
const stream = fc.nat({ max: 3 });
const word = fc.constantFrom('any' as const, 'no_stream' as const, 'stream_exists' as const);
const distance = fc.oneof(
  { arbitrary: fc.constant(0), weight: 4 },
  { arbitrary: fc.integer({ min: -4, max: 1 }), weight: 1 },
);
const again = fc.option(fc.record({ which: fc.nat({ max: 20 }), whole: fc.boolean() }), { nil: undefined, freq: 3 });

const request: fc.Arbitrary<Request> = fc.record({
  client,
  stream,
  what: fc.oneof(
    { arbitrary: fc.constant('append' as const), weight: 14 },
    { arbitrary: fc.constant('metadata' as const), weight: 2 },
    { arbitrary: fc.constant('delete' as const), weight: 2 },
    { arbitrary: fc.constant('tombstone' as const), weight: 1 },
  ),
  expected: fc.oneof(word, distance),
  count: fc.nat({ max: 5 }),
  again,
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      requests: fc.array(request, { minLength: 1, maxLength: 4 }),
    }),
    weight: 12,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      client,
      stream: fc.oneof(stream, fc.constant('all' as const)),
      direction: fc.constantFrom('forwards' as const, 'backwards' as const),
      from: fc.integer({ min: -3, max: 12 }),
      count: fc.nat({ max: 9 }),
    }),
    weight: 8,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      how: fc.constantFrom('kill' as const, 'stop' as const),
      afterMs: fc.nat({ max: 6 }),
      requests: fc.array(request, { maxLength: 6 }),
    }),
    weight: 1,
  },
);

it(
  `is what the model is, whatever happens in whatever order (EVENTSTORE_CYCLES=${CYCLES} EVENTSTORE_SEED=${SEED})`,
  async () => {
    process.stdout.write(`event store model: ${CYCLES} histories, seed ${SEED}\n`);
    const history = fc.array(step, { minLength: 8, maxLength: 24, size: 'max' });
    await fc.assert(
      fc.asyncProperty(history, (steps) => trial.run(steps)),
      { seed: SEED, numRuns: CYCLES, endOnFailure: true },
    );
    expect(trial.model.log.length).toBeGreaterThan(CYCLES * 5);
  },
  60_000 + CYCLES * MS_PER_CYCLE,
);
