import { collectDefaultMetrics, Counter, Gauge, type Metric, Registry } from 'prom-client';
import type { Distribution } from '../event-sourcing/distribution.js';
import { Metrics } from '../http/metrics.controller.js';
import { HistogramOf } from './histogram.js';

/** Whoever asks more often gets what was told last: asking the store is work, and anybody may read metrics. */
const TOLD_AGAIN_MS = 1_000;

/** What a metric has to say at this moment: a value, or several by the values of their labels; undefined for nothing. */
export type Samples<L extends string = string> = Iterable<readonly [Readonly<Record<L, string>>, number]>;
type Said<T> = T | undefined | Promise<T | undefined>;

/**
 * The registry. What is counted is counted where it happens, in plain numbers, and read here when somebody asks: so nothing
 * else imports prom-client, and a request pays for no look-up of labels. All names begin with `user_ledger_`.
 */
export class PrometheusMetrics extends Metrics {
  private readonly registry = new Registry();
  private told: { at: number; text: Promise<string> } | undefined;

  constructor() {
    super();
    collectDefaultMetrics({ register: this.registry });
  }

  override text(): Promise<string> {
    const now = performance.now();
    if (!this.told || now - this.told.at > TOLD_AGAIN_MS) this.told = { at: now, text: this.registry.metrics() };
    return this.told.text;
  }

  /** What goes up and down. A reading that fails is a sample that is missing. */
  gauge(name: string, help: string, read: () => Said<number>): void {
    this.gauges(name, help, [], async () => {
      const value = await read();
      return value === undefined ? undefined : [[{}, value]];
    });
  }

  gauges<L extends string>(name: string, help: string, labelNames: readonly L[], read: () => Said<Samples<L>>): void {
    new Gauge<L>({
      ...{ name: `user_ledger_${name}`, help, labelNames, registers: [this.registry] },
      async collect() {
        const samples = await Promise.resolve()
          .then(read)
          .catch(() => undefined);
        this.reset();
        if (labelNames.length === 0) this.remove();
        for (const [labels, value] of samples ?? []) this.set(labels as never, value);
      },
    });
  }

  /** What only rises; the name ends in `_total`. */
  counter(name: string, help: string, read: () => number): void {
    this.counters(name, help, [], () => [[{}, read()]]);
  }

  counters<L extends string>(name: string, help: string, labelNames: readonly L[], read: () => Samples<L>): void {
    new Counter<L>({
      ...{ name: `user_ledger_${name}`, help, labelNames, registers: [this.registry] },
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.inc(labels as never, value);
      },
    });
  }

  /** How values are distributed, by the values of labels. */
  histograms<L extends string>(
    name: string,
    help: string,
    read: () => Iterable<readonly [Readonly<Record<L, string>>, Distribution]>,
  ): void {
    this.registry.registerMetric(new HistogramOf(`user_ledger_${name}`, help, read) as unknown as Metric);
  }

  histogram(name: string, help: string, distribution: Distribution): void {
    this.histograms(name, help, () => [[{}, distribution]]);
  }
}

/** The entries of an object as samples, by one label. */
export const byLabel = <L extends string>(label: L, counts: Readonly<Record<string, number>>): Samples<L> =>
  Object.entries(counts).map(([key, value]) => [{ [label]: key } as Record<L, string>, value]);
