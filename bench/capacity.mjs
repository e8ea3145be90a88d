// What goes into the capacity model, and the arithmetic on it. docs/scaling.md explains both.

/** Every input, with where it comes from: measured here, told by others, or assumed. */
export const inputs = {
  users: { value: 100e6, unit: 'users', from: 'assumed', what: 'Users' },
  accounts: { value: 100e3, unit: 'accounts', from: 'assumed', what: 'Accounts, whose sizes follow Zipf' },
  peakChanges: { value: 50e3, unit: 'changes/s', from: 'assumed', what: 'Changes at the peak' },
  averagePart: { value: 0.2, unit: 'of the peak', from: 'assumed', what: 'Changes on average' },
  readsPerChange: { value: 20, unit: 'reads', from: 'assumed', what: 'Reads of a user for each change' },
  utilisation: { value: 0.5, unit: 'of the limit', from: 'assumed', what: 'How much of any limit is used at the peak' },
  storeAppends: {
    ...{ value: 5000, unit: 'appends/s', what: 'Appends of one EventStoreDB cluster' },
    from: 'assumed; the one figure here to measure first',
  },
  storeNodes: {
    value: 3,
    unit: 'nodes',
    from: 'EventStoreDB [1]',
    what: 'Nodes of a cluster, each with all of its log',
  },
  storeMs: { value: 2, unit: 'ms', from: 'assumed', what: 'An append on a quiet cluster: disk and a quorum' },
  databaseMs: { value: 2, unit: 'ms', from: 'assumed', what: 'A commit on a quiet PostgreSQL' },
  tells: {
    ...{ value: 11e3, unit: 'events/s', what: 'Events told to the read model by one instance' },
    from: 'measured, rebuild: 17,046/s on SQLite, times 0.65 for PostgreSQL',
  },
  patchMs: { value: 0.83, unit: 'ms', from: 'measured, PostgreSQL', what: 'Processor time of a change, main thread' },
  getMs: { value: 0.09, unit: 'ms', from: 'measured, PostgreSQL', what: 'Processor time of a read, main thread' },
  followMs: {
    ...{ value: 0.25, unit: 'ms', what: 'The same of a change at each instance that follows' },
    from: 'measured, PostgreSQL',
  },
  followPart: { value: 0.5, unit: 'of that', from: 'assumed', what: 'How much of it an instance follows with at most' },
  eventBytes: { value: 873, unit: 'bytes', from: 'measured, embedded store', what: 'A change in the log' },
  userBytes: {
    value: 1252,
    unit: 'bytes',
    from: 'measured, PostgreSQL',
    what: 'A user in the read model, after 10 updates',
  },
  historyBytes: {
    value: 2250,
    unit: 'bytes',
    from: 'measured, PostgreSQL',
    what: 'A change in the read model: audit entry and version',
  },
  cachedRows: { value: 20e3, unit: 'rows', from: '`cached-rows.ts`', what: 'Rows that an instance remembers' },
};

export const defaults = Object.fromEntries(Object.entries(inputs).map(([name, { value }]) => [name, value]));

const YEAR_S = 365 * 24 * 60 * 60;
const DAY_S = 24 * 60 * 60;

/** Changes a second that one partition may have at the peak: what its store, its teller and its followers take. */
const partitionLimit = ({ storeAppends, tells, utilisation, followPart, followMs }) =>
  Math.min(storeAppends * utilisation, tells * utilisation, (1000 * utilisation * followPart) / followMs);

export const partitionsNeeded = (given) => Math.ceil(given.peakChanges / partitionLimit(given));

/** Processor time that requests take in a second, in milliseconds, where there are so many changes. */
export const requestsMs = (given, changes) => changes * (given.patchMs + given.readsPerChange * given.getMs);

/** The part of its time that the busiest of all is busy: instances, event store or teller. */
export const utilisationOf = (given, changes, instances) =>
  Math.max(
    changes / given.storeAppends,
    changes / given.tells,
    (requestsMs(given, changes) / instances + changes * given.followMs) / 1000,
  );

/** The most changes of one account, were it alone in a partition of so many instances that are never idle. */
export const accountLimit = (given, instances) =>
  Math.min(given.storeAppends, given.tells, 1000 / (requestsMs(given, 1) / instances + given.followMs));

/** The most there may be: each takes its connections to the database. */
export const MOST_INSTANCES = 40;

/** How many instances such a partition needs; undefined where no number would do. */
export function instancesFor(given, changes) {
  // Every instance follows every change, which leaves less of it for requests.
  const room = 1000 * given.utilisation - changes * given.followMs;
  const instances = Math.ceil(requestsMs(given, changes) / room);
  return room > 0 && instances <= MOST_INSTANCES ? instances : undefined;
}

/** What a partition of so many comes to, if all were alike. */
export function partition(given, partitions) {
  const changes = given.peakChanges / partitions;
  const yearly = changes * given.averagePart * YEAR_S;
  return {
    partitions,
    changes,
    instances: instancesFor(given, changes),
    logTB: (yearly * given.eventBytes) / 1e12,
    readModelTB: (yearly * given.historyBytes + (given.users / partitions) * given.userBytes) / 1e12,
    rebuildDays: yearly / given.tells / DAY_S,
  };
}

/** The sum of 1/k^s for k up to n: by parts, and by an integral where they are many. */
function harmonic(n, s) {
  const exact = Math.min(n, 100_000);
  let sum = 0;
  for (let k = 1; k <= exact; k++) sum += k ** -s;
  if (n === exact) return sum;
  const from = exact + 0.5;
  const to = n + 0.5;
  return sum + (s === 1 ? Math.log(to / from) : (to ** (1 - s) - from ** (1 - s)) / (1 - s));
}

/** How many reads find their row remembered, were the most wanted rows the ones that are. */
export const bestHitRate = (rows, users, zipf) => harmonic(Math.min(rows, users), zipf) / harmonic(users, zipf);
