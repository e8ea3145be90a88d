import { expect, it } from '@jest/globals';
import { Latencies, Throughput } from '../../../src/embedded-event-store/persistent-subscriptions/statistics.js';

it('counts since the last time it was asked, and by the second', () => {
  let now = 1_000;
  const throughput = new Throughput(() => now);
  expect(throughput.measure()).toEqual({ total: 0, sinceLast: 0, perSecond: 0 });
  for (let count = 0; count < 5; count++) throughput.add();
  now += 2_000;
  expect(throughput.measure()).toEqual({ total: 5, sinceLast: 5, perSecond: 2 });
  throughput.add();
  now += 500;
  expect(throughput.measure()).toEqual({ total: 6, sinceLast: 1, perSecond: 2 });
});

it('sums up the last thousand latencies', () => {
  const latencies = new Latencies();
  expect(latencies.summary()).toEqual([]);
  for (let sample = -500; sample < 1_000; sample++) latencies.add(1_000 - sample);
  expect(Object.fromEntries(latencies.summary())).toEqual({
    ...{ Mean: 501, Median: 500, Fastest: 1, 'Quintile 1': 200, 'Quintile 2': 400, 'Quintile 3': 600 },
    ...{ 'Quintile 4': 800, 'Quintile 5': 1_000, '90%': 900, '95%': 950, '99%': 990, '99.5%': 995, '99.9%': 999 },
    Highest: 1_000,
  });
});
