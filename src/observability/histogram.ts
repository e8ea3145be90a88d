import type { Distribution } from '../event-sourcing/distribution.js';

type Labels = Readonly<Record<string, string>>;
type Sample = Readonly<{ labels: Labels; value: number; metricName: string }>;

/** A histogram as prom-client's registry takes one, told from distributions that are kept elsewhere. */
export class HistogramOf {
  readonly type = 'histogram';

  constructor(
    readonly name: string,
    readonly help: string,
    private readonly read: () => Iterable<readonly [Labels, Distribution]>,
  ) {}

  get(): Promise<object> {
    const { name, help, type } = this;
    const values = [...this.read()].flatMap(([labels, distribution]) => this.samplesOf(labels, distribution));
    return Promise.resolve({ name, help, type, values, aggregator: 'sum' });
  }

  /** Buckets hold all values up to their bounds, those of the buckets before them too. */
  private samplesOf(labels: Labels, { bounds, counts, sum }: Distribution): Sample[] {
    let count = 0;
    const buckets = counts.map((inBucket, i): Sample => {
      count += inBucket;
      return {
        labels: { ...labels, le: String(bounds[i] ?? '+Inf') },
        value: count,
        metricName: `${this.name}_bucket`,
      };
    });
    return [
      ...buckets,
      { labels, value: sum, metricName: `${this.name}_sum` },
      { labels, value: count, metricName: `${this.name}_count` },
    ];
  }
}
