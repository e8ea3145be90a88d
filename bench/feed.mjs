// Measures the feed of user events: what idle clients cost, how soon events arrive, and how fast history is read.
import { setTimeout as delay } from 'node:timers/promises';
import { print, run, say } from './command-line.mjs';
import { seedHistory } from './audit-history.mjs';
import { FeedClient, openClients } from './feed-client.mjs';
import { renameAtRate } from './feed-load.mjs';
import { seedUsers } from './seed.mjs';
import { quantiles } from './quantiles.mjs';
import { Service } from './service.mjs';

const USAGE = `Usage: npm run bench:feed -- [options]

Starts the service with its embedded event store and measures clients of the feed (server-sent events).

  --idle N      idle clients whose memory is measured (1 to 2000; default 1000)
  --clients N   clients that follow while users are renamed (1 to 1000; default 20)
  --rate N      renames a second (1 to 5000; default 500)
  --seconds N   measured seconds of renames (1 to 600; default 10)
  --events N    events of a history that one client reads (1000 to 10000000; default 100000)
  --json        JSON on standard output; the table goes to standard error
  --help        this text

Exit codes: 0 measured, 1 a request or a client failed, or an event did not arrive everywhere, 2 wrong usage,
130 interrupted. A goal missed is reported and changes nothing here: it depends on the machine.
`;

const USERS = 200;
const WARM_UP = { rate: 200, seconds: 3 };
const SETTLED_MS = 3_000;
/** Longer than it takes for each client to be kept alive once. */
const IDLE_MS = 16_000;
const ARRIVED_WITHIN_MS = 30_000;
const GOALS = { p99: 100, memory: 100 };

const OPTIONS = {
  idle: { default: '1000', least: 1, most: 2000 },
  clients: { default: '20', least: 1, most: 1000 },
  rate: { default: '500', least: 1, most: 5000 },
  seconds: { default: '10', least: 1, most: 600 },
  events: { default: '100000', least: 1000, most: 10_000_000 },
};

/**
 * What so many clients that get nothing add to the service, in MiB, and what as many again do: a start leaves garbage
 * behind, in whose place the first find room. The larger figure counts.
 */
async function idleMemory(service, count) {
  await delay(SETTLED_MS);
  const without = service.memory().service;
  const clients = await openClients(service, count);
  await delay(IDLE_MS);
  const withOnce = service.memory().service;
  clients.push(...(await openClients(service, count)));
  await delay(IDLE_MS);
  const withTwice = service.memory().service;
  closeAll(clients);
  const added = Math.max(withOnce - without, withTwice - withOnce);
  return { clients: count, withoutMiB: without, onceMiB: withOnce, twiceMiB: withTwice, addedMiB: added };
}

function closeAll(clients) {
  const failed = clients.find(({ failure }) => failure !== undefined);
  for (const client of clients) client.close();
  if (failed) throw new Error(`a client of the feed failed: ${failed.failure}`);
}

/** How long after a rename was sent, and after it was answered, each client had its event. */
async function latency(service, { clients: count, rate, seconds }) {
  const users = await seedUsers(service, USERS);
  await renameAtRate(service, users, { ...WARM_UP, tag: 'Warm-up' });
  const arrivals = [];
  const clients = await openClients(service, count, (text) => {
    const name = /"to":"(Name \d+)"/.exec(text)?.[1];
    if (name !== undefined) arrivals.push({ name, at: performance.now() });
  });
  const { times, perSecond } = await renameAtRate(service, users, { rate, seconds, tag: 'Name' });
  const expected = times.size * count;
  for (const until = performance.now() + ARRIVED_WITHIN_MS; arrivals.length < expected; await delay(20))
    if (performance.now() > until) throw new Error(`${arrivals.length} of ${expected} events arrived`);
  await delay(200);
  if (arrivals.length > expected) throw new Error(`${arrivals.length} events arrived instead of ${expected}`);
  closeAll(clients);
  const since = (moment) => quantiles(arrivals.map(({ name, at }) => at - times.get(name)[moment]));
  return { clients: count, rate, seconds, perSecond, fromSent: since('sent'), fromAnswered: since('answered') };
}

/** How fast one client reads all of history. */
async function catchUp(service, events, say) {
  await service.end();
  await seedHistory(service, events, say);
  say('telling the read model');
  await service.start();
  const began = performance.now();
  const client = new FeedClient(service);
  await client.caughtUp;
  const seconds = (client.caughtUpAt - began) / 1000;
  closeAll([client]);
  if (client.events < events) throw new Error(`${client.events} of ${events} events were read`);
  return { events: client.events, seconds, eventsPerSecond: client.events / seconds };
}

async function main(options) {
  const service = new Service();
  service.stopOnSignals();
  try {
    await service.start();
    say(`${options.idle} idle clients`);
    const idle = await idleMemory(service, options.idle);
    say(`${options.clients} clients, ${options.rate} renames a second`);
    const live = await latency(service, options);
    say(`a history of ${options.events} events`);
    const history = await catchUp(service, options.events, say);
    const report = { idle, live, history, goals: judged(idle, live) };
    print(options.json, table(report), report);
  } finally {
    await service.stop();
  }
}

const judged = (idle, live) => [
  { goal: `event at the client ≤ ${GOALS.p99} ms after it was asked for, p99`, met: live.fromSent.p99 <= GOALS.p99 },
  { goal: `idle clients ≤ ${GOALS.memory} MiB`, met: idle.addedMiB <= GOALS.memory },
];

function table({ idle, live, history, goals }) {
  const times = ({ p50, p99, most }) =>
    `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, most ${most.toFixed(0)} ms`;
  return `${[
    `${idle.clients} idle clients: ${idle.addedMiB.toFixed(0)} MiB (${[idle.withoutMiB, idle.onceMiB, idle.twiceMiB].map((mib) => mib.toFixed(0)).join(', then ')})`,
    `${live.clients} clients at ${live.perSecond.toFixed(0)} renames/s (${live.rate} wanted)`,
    `  from the request sent:     ${times(live.fromSent)}`,
    `  from the request answered: ${times(live.fromAnswered)}`,
    `one client reads ${history.events} events in ${history.seconds.toFixed(1)} s: ${history.eventsPerSecond.toFixed(0)}/s`,
    ...goals.map(({ goal, met }) => `${goal}: ${met ? 'met' : 'MISSED'}`),
  ].join('\n')}\n`;
}

await run(USAGE, OPTIONS, main);
