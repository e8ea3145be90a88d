/** How often values fell between bounds: kept where they are observed, and read when metrics are told. Allocates nothing. */
export class Distribution {
  /** How many values were over the bound before and not over this one; the last: over all bounds. */
  readonly counts: number[];
  sum = 0;

  /** @param bounds upper ones, inclusive, rising */
  constructor(readonly bounds: readonly number[]) {
    this.counts = Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let i = 0;
    while (i < this.bounds.length && value > (this.bounds[i] ?? 0)) i++;
    this.counts[i] = (this.counts[i] ?? 0) + 1;
    this.sum += value;
  }
}

/** Bounds for times in seconds, from a cached read to what a caller waits for at most. */
export const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
