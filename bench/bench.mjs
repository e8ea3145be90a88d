// Measures the built service under load, on a fresh data directory that is removed afterwards.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { print, run, say } from './command-line.mjs';
import { judged, table } from './report.mjs';
import { seedUsers } from './seed.mjs';
import { Service } from './service.mjs';

const USAGE = `Usage: npm run bench -- [options]

Starts the service with its embedded event store and measures updates and reads.

  --seconds N           measured seconds per case (1 to 600; default 5)
  --connections A,B,…   connections at once (each 1 to 1000; default 1,16,64)
  --json                JSON on standard output; the table goes to standard error
  --help                this text

Exit codes: 0 measured, 1 a request was not answered with success or the service failed, 2 wrong usage,
130 interrupted. A goal missed is reported and changes nothing here: it depends on the machine.
`;

const USERS = 200;
const WARM_UP_SECONDS = 3;
const WARM_UP_SECONDS_PER_CASE = 0.5;
const HOT_CONNECTIONS = 16;

const OPTIONS = {
  seconds: { default: '5', least: 1, most: 600 },
  connections: { default: '1,16,64', least: 1, most: 1000, list: true },
};

/** What is asked, of whom. `changes`: every answer is one more event. */
const casesFor = (users, connections) => [
  ...connections.map((count) => ({ name: 'PATCH', connections: count, ...patch(users) })),
  ...connections.map((count) => ({
    ...{ name: 'PATCH no-op', connections: count, method: 'PATCH', users, body: '{"is_developer":false}' },
  })),
  ...connections.map((count) => ({ name: 'GET', connections: count, method: 'GET', users })),
  { name: 'PATCH one hot user', connections: HOT_CONNECTIONS, ...patch(users.slice(0, 1)) },
];
const patch = (users) => ({ method: 'PATCH', users, body: 'unique name', changes: true });

/** How many events the users have between them: a user's entity tag is the revision of the stream. */
async function revisions(service, users) {
  let sum = 0;
  for (const id of users) {
    const response = await service.get(id);
    await response.arrayBuffer();
    sum += Number(response.headers.get('etag')?.slice(1, -1));
  }
  return sum;
}

async function measure(service, generator, options, say) {
  const highest = { service: 0, eventStore: 0 };
  const watch = () => {
    const now = service.memory();
    for (const name of Object.keys(highest)) highest[name] = Math.max(highest[name], now[name]);
  };
  const address = { host: service.url.hostname, port: Number(service.url.port), authorization: service.authorization };
  const ended = new AbortController();
  generator.once('exit', () => ended.abort());
  let tags = 0;
  const run = async (load) => {
    generator.send({ ...address, ...load, tag: `Name ${++tags}` });
    const timer = setInterval(watch, 1000);
    const [result] = await once(generator, 'message', { signal: ended.signal });
    clearInterval(timer);
    watch();
    return result;
  };

  await delay(1000);
  const idle = service.memory();
  say(`seeding ${USERS} users`);
  const users = await seedUsers(service, USERS);
  say('warming up');
  const warmUp = { connections: 16, warmUpSeconds: 0, seconds: WARM_UP_SECONDS / 2 };
  await run({ ...warmUp, ...patch(users) });
  await run({ ...warmUp, method: 'GET', users });

  const cases = [];
  for (const { changes, ...load } of casesFor(users, options.connections)) {
    const { name, connections } = load;
    const before = changes ? await revisions(service, load.users) : 0;
    const { succeeded, ...figures } = await run({
      ...{ ...load, warmUpSeconds: WARM_UP_SECONDS_PER_CASE, seconds: options.seconds },
    });
    const stored = changes ? (await revisions(service, load.users)) - before : succeeded;
    if (stored !== succeeded && figures.failed === 0)
      throw new Error(`${name}: ${succeeded} requests succeeded, but ${stored} changes were stored`);
    const one = { name, connections, ...figures };
    say(`${name} at ${connections}: ${figures.requestsPerSecond.toFixed(0)} requests/s`);
    for (const failure of figures.failures) say(`  failed: ${failure}`);
    cases.push({ ...one, goals: judged(name, connections, one) });
  }
  return { cases, memory: { unit: 'MiB', idle, load: highest } };
}

async function main(options) {
  const service = new Service();
  let generator;
  const tidy = async () => {
    generator?.kill();
    await service.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void tidy().finally(() => process.exit(130)));
  try {
    say('starting the service');
    await service.start();
    generator = fork(fileURLToPath(new URL('./load.mjs', import.meta.url)));
    const measured = await measure(service, generator, options, say);
    const idle = { value: measured.memory.idle.service + measured.memory.idle.eventStore };
    const ready = { value: service.readySeconds };
    const report = {
      secondsPerCase: options.seconds,
      ...measured,
      idleMemory: { ...idle, goals: judged('idle memory, all processes', undefined, idle) },
      ready: { ...ready, goals: judged('time to ready', undefined, ready) },
    };
    print(options.json, `${table(report)}\n`, report);
    return report.cases.some(({ failed }) => failed > 0) ? 1 : 0;
  } finally {
    await tidy();
  }
}

await run(USAGE, OPTIONS, main);
