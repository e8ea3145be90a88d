// Measures the embedded event store alone, in a process of its own: appends, reading history, delivery, start, memory.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Node } from './eventstore-node.mjs';
import { judged, table } from './eventstore-report.mjs';

const USAGE = `Usage: npm run bench:eventstore -- [options]

Starts the embedded event store on a log of so many events and measures it over gRPC, from another process: durable
appends, reading a stream and the whole log, how soon a subscriber has an event, start, and memory.

  --events N          events in the log beforehand (1000 to 10000000; default 100000)
  --seconds N         measured seconds of each case (1 to 600; default 5)
  --in-flight A,B,…   appends under way at once (each 1 to 4096; default 1,16,64,256)
  --rate N            appends a second while delivery is measured (1 to 20000; default 500)
  --program FILE      the event store to run (default: that of dist), to compare two builds
  --json              JSON on standard output; the table goes to standard error
  --help              this text

Exit codes: 0 measured, 1 an append or a read failed, or an event was not delivered, 2 wrong usage, 130 interrupted.
A goal missed is reported and changes nothing here: it depends on the machine.
`;

const DEFAULT_PROGRAM = fileURLToPath(new URL('../dist/embedded-event-store/cli.js', import.meta.url));
const SETTLED_MS = 3_000;
const STARTS = 3;
/** Events of the one stream that is read; the others have a hundred each. */
const LONG_STREAM = 100_000;

class Usage extends Error {}

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        events: { type: 'string', default: '100000' },
        seconds: { type: 'string', default: '5' },
        'in-flight': { type: 'string', default: '1,16,64,256' },
        rate: { type: 'string', default: '500' },
        program: { type: 'string', default: DEFAULT_PROGRAM },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new Usage(error.message);
  }
  const whole = (name, text, least, most) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new Usage(`--${name}: ${text || 'nothing'} is not a whole number from ${least} to ${most}`);
  };
  return {
    ...values,
    events: whole('events', values.events, 1_000, 10_000_000),
    seconds: whole('seconds', values.seconds, 1, 600),
    rate: whole('rate', values.rate, 1, 20_000),
    inFlight: [...new Set(values['in-flight'].split(',').map((text) => whole('in-flight', text.trim(), 1, 4_096)))],
  };
}

/** Runs cases in a process of their own, one after another. */
function startLoad() {
  const load = fork(fileURLToPath(new URL('./eventstore-load.mjs', import.meta.url)), { serialization: 'advanced' });
  const ended = new AbortController();
  load.once('exit', () => ended.abort(new Error('the load generator ended')));
  const run = async (order) => {
    load.send(order);
    const [{ error, ...result }] = await once(load, 'message', { signal: ended.signal });
    if (error) throw new Error(error);
    return result;
  };
  return { run, end: () => load.kill() };
}

async function measureStart(node) {
  const seconds = [];
  for (let time = 0; time < STARTS; time++) {
    seconds.push(await node.start());
    if (time < STARTS - 1) await node.end();
  }
  return seconds.sort((a, b) => a - b)[STARTS >> 1];
}

async function measure(node, options, say) {
  say(`writing ${options.events} events`);
  const longest = Math.min(LONG_STREAM, options.events / 2);
  await node.seed(options.events, longest);
  say('starting');
  const startSeconds = await measureStart(node);
  await delay(SETTLED_MS);
  const idleMiB = node.memoryMiB();
  const load = startLoad();
  let highest = idleMiB;
  const watch = setInterval(() => (highest = Math.max(highest, node.memoryMiB())), 200);
  try {
    const { port } = node;
    await load.run({ what: 'appends', port, inFlight: 16, seconds: 2, warmUpSeconds: 0 });
    const appends = [];
    for (const inFlight of options.inFlight) {
      const figures = await load.run({ what: 'appends', port, inFlight, seconds: options.seconds, warmUpSeconds: 0.5 });
      say(`${inFlight} in flight: ${figures.perSecond.toFixed(0)} appends/s`);
      appends.push({ inFlight, ...figures });
    }
    await load.run({ what: 'history', port, stream: 'long', events: longest });
    const ofStream = await load.run({ what: 'history', port, stream: 'long', events: longest });
    say(`a stream: ${ofStream.perSecond.toFixed(0)} events/s`);
    const ofAll = await load.run({ what: 'history', port, events: options.events });
    say(`the whole log: ${ofAll.perSecond.toFixed(0)} events/s`);
    const live = await load.run({ what: 'live', port, rate: options.rate, seconds: options.seconds });
    return {
      events: options.events,
      synchronous: node.synchronous,
      startSeconds,
      idleMiB,
      appends,
      ofStream,
      ofAll,
      live,
      highestMiB: highest,
    };
  } finally {
    clearInterval(watch);
    load.end();
  }
}

async function main() {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const say = (line) => process.stderr.write(`bench: ${line}\n`);
  const node = new Node(options.program);
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => void node.remove().finally(() => process.exit(130)));
  try {
    const report = await measure(node, options, say);
    const goals = judged(report);
    (options.json ? process.stderr : process.stdout).write(`${table(report, goals)}\n`);
    if (options.json) process.stdout.write(`${JSON.stringify({ ...report, goals }, null, 2)}\n`);
  } finally {
    await node.remove();
  }
}

try {
  await main();
} catch (error) {
  const wrong = error instanceof Usage;
  process.stderr.write(`bench: ${error.message}\n${wrong ? `\n${USAGE}` : ''}`);
  process.exitCode = wrong ? 2 : 1;
}
