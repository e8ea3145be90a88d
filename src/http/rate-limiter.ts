import { LRUCache } from 'lru-cache';

/** Buckets remembered. A bucket forgotten is a full one, so that memory is bounded and nobody is held back by mistake. */
const BUCKETS = 50_000;
const WINDOW_S = 60;
/** Fractions that make one fall short of it by a hair. */
const ONE = 1 - 1e-6;

type Bucket = { tokens: number; at: number };

/** More than the rate allows; `headers` say which rate, and when there is room again. */
export class RateLimited extends Error {
  readonly code = 'rate-limited';
  constructor(readonly headers: Readonly<Record<string, string>>) {
    super('more requests than the rate allows');
  }
}

/**
 * So many a minute, by whom: a bucket each, full at first and filled evenly, so that all of it may come at once and the
 * rate holds all the same.
 */
export class RateLimiter {
  /** How often it said no. */
  refused = 0;
  private readonly buckets = new LRUCache<string, Bucket>({ max: BUCKETS });
  private readonly policy: string;

  /**
   * @param name of the policy, as headers tell it
   * @param now milliseconds of a clock that nobody sets
   */
  constructor(
    readonly name: string,
    private readonly perMinute: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.policy = `"${name}";q=${perMinute};w=${WINDOW_S}`;
  }

  /** @throws RateLimited there is none left; that costs nothing more */
  take(whom: string): void {
    const bucket = this.bucketOf(whom);
    if (bucket.tokens < ONE) {
      this.refused++;
      const seconds = Math.ceil(((1 - bucket.tokens) * WINDOW_S) / this.perMinute);
      throw new RateLimited({ ...this.headersOf(bucket), 'retry-after': String(seconds) });
    }
    bucket.tokens = Math.max(0, bucket.tokens - 1);
  }

  /** What was taken, and is not to count. */
  giveBack(whom: string): void {
    const bucket = this.bucketOf(whom);
    bucket.tokens = Math.min(this.perMinute, bucket.tokens + 1);
  }

  /** How somebody stands, as draft-ietf-httpapi-ratelimit-headers-09 says it: left, and seconds until all is there again. */
  headers(whom: string): Record<string, string> {
    return this.headersOf(this.bucketOf(whom));
  }

  private headersOf({ tokens }: Bucket): Record<string, string> {
    const seconds = Math.ceil(((this.perMinute - tokens) * WINDOW_S) / this.perMinute);
    return {
      'ratelimit-policy': this.policy,
      ratelimit: `"${this.name}";r=${Math.floor(tokens)};t=${seconds}`,
    };
  }

  private bucketOf(whom: string): Bucket {
    const at = this.now();
    const known = this.buckets.get(whom);
    const bucket = known ?? { tokens: this.perMinute, at };
    const filled = ((at - bucket.at) * this.perMinute) / (WINDOW_S * 1000);
    bucket.tokens = Math.min(this.perMinute, bucket.tokens + filled);
    bucket.at = at;
    if (!known) this.buckets.set(whom, bucket);
    return bucket;
  }
}
