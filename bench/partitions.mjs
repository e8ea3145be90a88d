// A queueing simulation of partitions: changes arrive at random, for accounts of very different sizes, and pass through the
// instances of their account's partition, its event store and its teller.

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Shares of all changes by account, largest first; exponent 0: all alike. */
export function zipfShares(accounts, exponent) {
  const weights = Float64Array.from({ length: accounts }, (_, i) => (i + 1) ** -exponent);
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/** Each account somewhere at random, as by a hash. */
export const scatter = (shares, partitions, random) => Int32Array.from(shares, () => Math.floor(random() * partitions));

/**
 * Moves accounts, the largest first, from partitions that have more than their share by `most` to the emptiest one.
 *
 * @returns where each account is then, and how many were moved
 */
export function rebalance(shares, placed, partitions, most) {
  const load = loads(shares, placed, partitions);
  const after = Int32Array.from(placed);
  let moved = 0;
  for (let account = 0; account < shares.length; account++) {
    const from = after[account];
    const share = shares[account];
    // Alone it would be too much anywhere; what else is there has to make room for it.
    if (share * partitions > most || load[from] * partitions <= most) continue;
    const to = load.indexOf(Math.min(...load));
    if (load[to] + share >= load[from]) continue;
    load[from] -= share;
    load[to] += share;
    after[account] = to;
    moved++;
  }
  return { placed: after, moved };
}

export function loads(shares, placed, partitions) {
  const load = Array.from({ length: partitions }, () => 0);
  for (let account = 0; account < shares.length; account++) load[placed[account]] += shares[account];
  return load;
}

/**
 * When each change of one partition is answered, in milliseconds after it came. `arrivals` are in order.
 *
 * - Instances: each change goes to the one that is free first, for `patchMs`.
 * - Event store: one after another, `1000 / storeAppends` each; and `storeMs` until a quorum has it, which others may share.
 * - Teller: takes all that wait, for `databaseMs` and `1000 / tells` for each of them.
 */
export function answers(arrivals, { patchMs, instances, storeAppends, storeMs, databaseMs, tells }) {
  const free = new Float64Array(instances);
  const decided = arrivals.map((at, i) => {
    let first = 0;
    for (let k = 1; k < instances; k++) if (free[k] < free[first]) first = k;
    free[first] = Math.max(at, free[first]) + patchMs;
    return { i, at: free[first] };
  });
  decided.sort((a, b) => a.at - b.at);
  const each = 1000 / storeAppends;
  let store = 0;
  for (const change of decided) {
    store = Math.max(change.at, store) + each;
    change.at = store + storeMs;
  }
  const took = new Float64Array(arrivals.length);
  let teller = 0;
  for (let from = 0; from < decided.length;) {
    const begin = Math.max(teller, decided[from].at);
    let to = from;
    while (to < decided.length && decided[to].at <= begin) to++;
    teller = begin + databaseMs + ((to - from) * 1000) / tells;
    for (; from < to; from++) took[decided[from].i] = teller - arrivals[decided[from].i];
  }
  return took;
}

/** Moments of a Poisson process, in milliseconds, for so many seconds. */
export function poisson(perSecond, seconds, random) {
  const arrivals = [];
  for (let at = 0; ;) {
    at -= (Math.log(1 - random()) * 1000) / perSecond;
    if (at >= seconds * 1000) return arrivals;
    arrivals.push(at);
  }
}

/** Undefined of no values. */
export function percentile(values, part) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}
