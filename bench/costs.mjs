// Measures what a capacity model needs to know: processor time by request, and bytes by event and by row.
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Service } from './service.mjs';
import { bytesPerRow, postgresTables, sqliteTables } from './table-sizes.mjs';

const USAGE = `Usage: npm run scaling:costs -- [options]

Creates users over HTTP, renames them, and reads them, and tells what each took: milliseconds of processor time of the
service's main thread, of its other threads and of the embedded event store; bytes of the log by event, and of the read
model by user, by version of a user and by entry of the audit trail, indexes included; and how many events a second a
rebuild tells. Processor time is counted by the kernel, so other work on the machine shows much less in it than in
latencies.

With DATABASE_URL set, the read model is in that PostgreSQL, whose schemas user_ledger* must not exist yet; they are dropped
afterwards. A second instance follows then, and what that takes it is told too.

  --users N    users to create (100 to 100000; default 1000)
  --renames N  renames, spread over the users (100 to 1000000; default 5000)
  --reads N    reads of one user (100 to 1000000; default 10000)
  --json       JSON alone
  --help       this text

Exit codes: 0 measured, 1 failed, 2 wrong usage.
`;
const AT_ONCE = 16;
/** Linux counts processor time in these, whatever the machine (USER_HZ). */
const TICK_MS = 10;
const url = process.env.DATABASE_URL;

class Usage extends Error {}

class Measured extends Service {
  get environment() {
    return { ...super.environment, ...(url && { DATABASE_URL: url }), RATE_LIMIT_PER_KEY: '0' };
  }
}

/** Another instance on the same event store and database; it hears of what the first tells. */
class Follower extends Measured {
  #first;

  constructor(first) {
    super();
    this.#first = first;
  }

  get environment() {
    const secret = join(this.#first.dataDir, 'secret.key');
    const ours = { EVENTSTORE_URL: this.#first.admin.eventstore_url, SECRET_FILE: secret };
    return { ...super.environment, EMBEDDED_EVENTSTORE_PORT: undefined, ...ours };
  }

  start() {
    copyFileSync(join(this.#first.dataDir, 'initial-admin.json'), join(this.dataDir, 'initial-admin.json'));
    return super.start();
  }
}

function readOptions() {
  const text = (standard) => ({ type: 'string', default: standard });
  let given;
  try {
    given = parseArgs({
      options: {
        ...{ users: text('1000'), renames: text('5000'), reads: text('10000') },
        ...{ json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
      },
    }).values;
  } catch (error) {
    throw new Usage(error.message);
  }
  const number = (name, most) => {
    if (/^\d+$/.test(given[name]) && Number(given[name]) >= 100 && Number(given[name]) <= most)
      return Number(given[name]);
    throw new Usage(`--${name} must be a whole number from 100 to ${most}`);
  };
  const [users, renames, reads] = [number('users', 100_000), number('renames', 1_000_000), number('reads', 1_000_000)];
  return { ...given, users, renames, reads };
}

/** Milliseconds of processor time so far, of a process or of one of its threads. */
function cpuMs(stat) {
  const fields = readFileSync(stat, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** The event store that a service runs as its child. */
function storeOf(service) {
  const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  const child = all.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []);
  return Number(
    child.find(([, , parent, args]) => Number(parent) === service && args.includes('embedded-event-store'))[1],
  );
}

/** Runs so many requests, and tells the processor time that each took. */
async function phase(count, request, { pid }, follower) {
  const store = storeOf(pid);
  const now = () => ({
    main: cpuMs(`/proc/${pid}/task/${pid}/stat`),
    all: cpuMs(`/proc/${pid}/stat`),
    store: cpuMs(`/proc/${store}/stat`),
    ...(follower && { follower: cpuMs(`/proc/${follower.pid}/task/${follower.pid}/stat`) }),
  });
  const before = now();
  let next = 0;
  const client = async () => {
    while (next < count) {
      const response = await request(next++);
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  const after = now();
  const each = (of) => (after[of] - before[of]) / count;
  const told = { mainMs: each('main'), otherThreadsMs: each('all') - each('main'), storeMs: each('store') };
  return { ...told, ...(follower && { followerMs: each('follower') }) };
}

async function measure(options) {
  const service = new Measured();
  const follower = url && new Follower(service);
  try {
    await service.start();
    await follower?.start();
    const headers = { authorization: service.authorization, 'content-type': 'application/json' };
    const send = (method, path, body) =>
      fetch(new URL(path, service.url), { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const ids = [];
    const create = await phase(
      options.users,
      async (i) => {
        const name = `User number ${i}`;
        const body = {
          name,
          email: `user.${i}@team${i % 50}.example.com`,
          role: { type: 'predefined', name: 'member' },
        };
        const response = await send('POST', '/v2/users', { ...body, invite_mode: 'none' });
        if (response.ok) ids.push((await response.clone().json()).id);
        return response;
      },
      service,
    );
    const pick = (i) => encodeURIComponent(ids[i % ids.length]);
    const rename = (i) => send('PATCH', `/v2/users/${pick(i)}`, { name: `Renamed ${i}` });
    const patch = await phase(options.renames, rename, service, follower);
    const get = await phase(options.reads, (i) => send('GET', `/v2/users/${pick(i * 7919)}`), service);
    await follower?.end();
    await service.end();
    const rebuilt = await service.rebuild();
    const log = join(service.dataDir, 'eventstore', 'events.db');
    const events = sqliteTables(log).find(({ name }) => name === 'events').rows;
    const tables = url ? await postgresTables(url) : sqliteTables(join(service.dataDir, 'read-model.sqlite'));
    return {
      readModel: url ? 'postgres' : 'sqlite',
      cpu: { create, patch, get },
      rebuiltPerSecond: rebuilt.events_per_second,
      bytes: {
        event: statSync(log).size / events,
        user: bytesPerRow(tables, 'user-view'),
        version: bytesPerRow(tables, 'user-version'),
        // A rename is one change.
        auditEntry: bytesPerRow(tables, 'audit-entry') + bytesPerRow(tables, 'audit-change'),
      },
    };
  } finally {
    await follower?.stop();
    await service.stop();
  }
}

try {
  const options = readOptions();
  if (options.help) process.stdout.write(USAGE);
  else process.stdout.write(`${JSON.stringify(await measure(options), null, options.json ? 0 : 2)}\n`);
} catch (error) {
  process.stderr.write(`costs: ${error.message}\n${error instanceof Usage ? `\n${USAGE}` : ''}`);
  process.exitCode = error instanceof Usage ? 2 : 1;
}
