// Measures reading users where there are a great many: pages, searches, single users, and the rebuild.
import { print, run, say, verdict } from './command-line.mjs';
import { seedManyUsers } from './many-users.mjs';
import { quantiles } from './quantiles.mjs';
import { Service } from './service.mjs';

const USAGE = `Usage: npm run bench:users -- [options]

Writes a log of users, rebuilds the read model from it, and measures lists, searches and single users over HTTP.

  --users N      users in the account, 1000 to 1000000 (default 100000, which the goals are meant for)
  --requests N   requests of each kind (10 to 10000; default 300)
  --json         JSON on standard output; the table goes to standard error
  --help         this text

Exit codes: 0 measured, 1 failed, 2 wrong usage. A goal missed is reported and changes nothing here.
`;
const GOAL_MS = 20;
const GOAL_SECONDS = 10;
const WARM_UP = 50;

const OPTIONS = {
  users: { default: '100000', least: 1000, most: 1_000_000 },
  requests: { default: '300', least: 10, most: 10_000 },
};

async function get(service, path) {
  const response = await fetch(new URL(path, service.url), { headers: { authorization: service.authorization } });
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Cursors of the second half of the list, as a caller who walks it comes by them. */
async function deepCursors(service) {
  const cursors = [];
  for (let cursor; ;) {
    const page = await get(service, `/v2/users?limit=100${cursor ? `&cursor=${cursor}` : ''}`);
    cursor = encodeURIComponent(page.pagination.next_cursor ?? '');
    if (!page.pagination.has_more) return cursors.slice(Math.floor(cursors.length / 2));
    cursors.push(cursor);
  }
}

const kinds = (users, cursors, stamp) => {
  const pick = (list, i) => list[(i * 7919) % list.length];
  return {
    'first page': () => '/v2/users',
    'deep page': (i) => `/v2/users?limit=100&cursor=${pick(cursors, i)}`,
    'status=active': () => '/v2/users?status=active',
    'status=invited': () => '/v2/users?status=invited',
    'status=expired': () => '/v2/users?status=expired',
    'two statuses': () => '/v2/users?status=invited&status=expired',
    is_developer: () => '/v2/users?is_developer=true',
    'email, the whole of one': (i) => `/v2/users?email=${pick(users, i).email}`,
    'email, part of a few': (i) => `/v2/users?email=${pick(users, i).email.split('.')[1]}`,
    'email, part of two hundred': (i) => `/v2/users?email=TEAM${(i * 7) % 500}.`,
    'email, part of a tenth': () => '/v2/users?email=hopper',
    'email, two letters': () => '/v2/users?email=op',
    'email of nobody': (i) => `/v2/users?email=nobody-${i}`,
    'email, status, developer': (i) => `/v2/users?email=team${(i * 7) % 500}.&status=invited&is_developer=true`,
    'first page as of then': () => `/v2/users?as_of=${stamp}`,
    'one user': (i) => `/v2/users/${encodeURIComponent(pick(users, i).id)}`,
    'one user as of then': (i) => `/v2/users/${encodeURIComponent(pick(users, i).id)}?as_of=${stamp}`,
  };
};

async function measure(service, name, path, requests) {
  const took = [];
  let rows = 0;
  for (let i = 0; i < requests; i++) {
    const began = performance.now();
    const { users } = await get(service, path(i));
    took.push(performance.now() - began);
    rows += users?.length ?? 1;
  }
  const { p50, p99 } = quantiles(took);
  return { name, rows: rows / requests, p50, p99 };
}

async function main(options) {
  const service = new Service();
  service.stopOnSignals();
  try {
    await service.start();
    await service.end();
    const users = await seedManyUsers(service, options.users, say);
    say('rebuilding the read model');
    const rebuild = await service.rebuild();
    say(JSON.stringify(rebuild));
    await service.start();
    const cursors = await deepCursors(service);
    const all = kinds(users, cursors, new Date(Date.now() + 3_600_000).toISOString());
    for (const path of Object.values(all)) await measure(service, 'warm-up', path, Math.min(WARM_UP, options.requests));
    const requests = [];
    for (const [name, path] of Object.entries(all)) {
      requests.push(await measure(service, name, path, options.requests));
      say(`${name}: p99 ${requests.at(-1).p99.toFixed(1)} ms`);
    }
    const report = { users: options.users, rebuild, requests };
    print(options.json, table(report), report);
  } finally {
    await service.stop();
  }
}

function table({ users, rebuild, requests }) {
  const goal = verdict(rebuild.seconds < GOAL_SECONDS);
  const lines = [
    `${users} users`,
    `rebuild  ${rebuild.seconds} s  < ${GOAL_SECONDS} s: ${goal}`,
    `${'request'.padEnd(28)}   rows  p50 ms  p99 ms  < ${GOAL_MS} ms p99`,
  ];
  for (const { name, rows, p50, p99 } of requests) {
    const figures = [rows.toFixed(0).padStart(5), p50.toFixed(1).padStart(6), p99.toFixed(1).padStart(6)];
    lines.push(`${name.padEnd(28)}  ${figures.join('  ')}  ${verdict(p99 < GOAL_MS)}`);
  }
  return `${lines.join('\n')}\n`;
}

await run(USAGE, OPTIONS, main);
