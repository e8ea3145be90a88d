const MOST_SAMPLES = 1_000;
const MILLISECONDS = 1_000;

/** What was counted up to a measurement, and between the last two. */
export type Measurement = { readonly total: number; readonly sinceLast: number; readonly perSecond: number };

/** Counts messages. */
export class Throughput {
  readonly #now: () => number;
  #total = 0;
  #measured = 0;
  #measuredAt: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#measuredAt = now();
  }

  add(): void {
    this.#total += 1;
  }

  /** Each measurement begins a new interval. */
  measure(): Measurement {
    const sinceLast = this.#total - this.#measured;
    const seconds = (this.#now() - this.#measuredAt) / MILLISECONDS;
    this.#measured = this.#total;
    this.#measuredAt = this.#now();
    return { total: this.#total, sinceLast, perSecond: seconds > 0 ? Math.floor(sinceLast / seconds) : 0 };
  }
}

/** How long the last messages took their consumer, in milliseconds. */
export class Latencies {
  readonly #samples: number[] = [];

  add(milliseconds: number): void {
    this.#samples.push(milliseconds);
    if (this.#samples.length > MOST_SAMPLES) this.#samples.shift();
  }

  /** Under the names clients know; nothing before there is a sample. */
  summary(): readonly (readonly [key: string, value: number])[] {
    const sorted = this.#samples.toSorted((a, b) => a - b);
    if (sorted.length === 0) return [];
    const at = (percent: number) => sorted[Math.max(Math.ceil((percent * sorted.length) / 100) - 1, 0)] ?? 0;
    const mean = sorted.reduce((sum, sample) => sum + sample, 0) / sorted.length;
    const values: [string, number][] = [
      ['Mean', mean],
      ['Median', at(50)],
      ['Fastest', at(0)],
      ...[1, 2, 3, 4, 5].map((fifth): [string, number] => [`Quintile ${fifth}`, at(fifth * 20)]),
      ...[90, 95, 99, 99.5, 99.9].map((percent): [string, number] => [`${percent}%`, at(percent)]),
      ['Highest', at(100)],
    ];
    return values.map(([key, value]) => [key, Math.round(value)]);
  }
}
