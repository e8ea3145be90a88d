import { beforeEach, expect, it } from '@jest/globals';
import { Distribution } from '../../src/event-sourcing/distribution.js';
import { PrometheusMetrics } from '../../src/observability/prometheus-metrics.js';

let metrics: PrometheusMetrics;
beforeEach(() => {
  metrics = new PrometheusMetrics();
});

const lines = async (begin: string): Promise<string[]> =>
  (await metrics.text()).split('\n').filter((line) => line.startsWith(begin));

it('tells a distribution as a histogram: buckets that hold those before them, sum and count', async () => {
  const distribution = new Distribution([1, 2]);
  for (const value of [0.5, 1, 1.5, 7]) distribution.observe(value);
  metrics.histograms('some_seconds', 'Some', () => [[{ of: 'a' }, distribution]]);
  expect(await lines('user_ledger_some')).toEqual([
    'user_ledger_some_seconds_bucket{of="a",le="1"} 2',
    'user_ledger_some_seconds_bucket{of="a",le="2"} 3',
    'user_ledger_some_seconds_bucket{of="a",le="+Inf"} 4',
    'user_ledger_some_seconds_sum{of="a"} 10',
    'user_ledger_some_seconds_count{of="a"} 4',
  ]);
  expect(await lines('# TYPE user_ledger_some')).toEqual(['# TYPE user_ledger_some_seconds histogram']);
});

it('leaves out what cannot be read, and tells the rest', async () => {
  metrics.gauge('broken', 'Cannot be read', () => Promise.reject(new Error('no')));
  metrics.gauge('unknown', 'Has nothing to say', () => undefined);
  metrics.gauge('fine', 'Can be read', () => 7);
  expect(await lines('user_ledger_')).toEqual(['user_ledger_fine 7']);
});

it('asks once a second at most, however often it is asked', async () => {
  let asked = 0;
  metrics.gauge('asked', 'How often it was', () => ++asked);
  await Promise.all([metrics.text(), metrics.text()]);
  await metrics.text();
  expect(asked).toBe(1);
});
