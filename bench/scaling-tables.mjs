// What the capacity model and the simulation say, as tables and as figures.
import {
  accountLimit,
  bestHitRate,
  inputs,
  instancesFor,
  MOST_INSTANCES,
  partition,
  requestsMs,
  utilisationOf,
} from './capacity.mjs';
import { answers, loads, percentile, poisson, randomFrom, rebalance, scatter, zipfShares } from './partitions.mjs';

/** Accounts are moved from partitions that have more than so many times their share. */
const MOVED_ABOVE = 1.1;
/** What requests leave of an instance that has next to nothing left. */
const LEAST_LEFT = 0.05;

const number = (value, digits = 0) =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
/** Of nothing there is none. */
const milliseconds = (value) => (value === undefined ? '–' : number(value, 1));
const percent = (value) => `${number(value * 100)} %`;

/** A table as Prettier writes them: the first column of words, others of figures, but for those named. */
function markdown(heads, rows, words = [0]) {
  const widths = heads.map((head, i) => Math.max(...[head, ...rows.map((row) => row[i])].map((cell) => cell.length)));
  const cell = (text, i) => (words.includes(i) ? text.padEnd(widths[i]) : text.padStart(widths[i]));
  const rule = widths.map((width, i) => (words.includes(i) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [heads.map(cell), rule, ...rows.map((row) => row.map(cell))].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Every table there is, in the order of docs/scaling.md. */
export const tables = (options) => [
  inputTable(options.model),
  partitionTable(options),
  accountTable(options),
  hitTable(options.model),
  simulationTable(options),
];

function inputTable(model) {
  const figures = Object.entries(inputs).map(([name, { what, unit, from }]) => [name, what, model[name], unit, from]);
  const rows = figures.map(([name, what, value, unit, from]) => {
    const text = number(value, value < 1 || value % 1 ? 2 : 0);
    return [`\`${name}\``, what, `${text} ${unit}`, model[name] === inputs[name].value ? from : 'given'];
  });
  return {
    name: 'inputs',
    title: 'Inputs',
    figures: model,
    table: markdown(['input', 'what', 'value', 'source'], rows, [0, 1, 3]),
  };
}

function partitionTable({ model, partitions }) {
  const figures = [1, partitions, 2 * partitions, 4 * partitions].map((count) => partition(model, count));
  const rows = figures.map((one) => [
    ...[number(one.partitions), number(one.changes), one.instances ? number(one.instances) : 'none do'],
    one.instances ? number(one.partitions * one.instances) : '–',
    ...[number(one.logTB * model.storeNodes, 1), number(one.readModelTB, 1), number(one.rebuildDays, 1)],
  ]);
  const heads = [
    'partitions',
    'changes/s of each',
    'instances of each',
    'of all',
    'log TB a year',
    'read model TB',
    'rebuild days',
  ];
  return { name: 'partitions', title: 'Partitions, after one year', figures, table: markdown(heads, rows, []) };
}

function accountTable({ model }) {
  const figures = [1, 5, 10, 20, 40].map((instances) => ({
    instances,
    most: accountLimit(model, instances),
    planned: accountLimit(model, instances) * model.utilisation,
  }));
  const rows = figures.map(({ instances, most, planned }) => [number(instances), number(most), number(planned)]);
  const heads = ['instances', 'changes/s, never idle', `at ${percent(model.utilisation)}`];
  return { name: 'account', title: 'One account, alone in its partition', figures, table: markdown(heads, rows, []) };
}

function hitTable(model) {
  const figures = [1e5, 1e6, 1e7].flatMap((users) =>
    [0.8, 1].map((zipf) => ({ users, zipf, rate: bestHitRate(model.cachedRows, users, zipf) })),
  );
  const rows = [1e5, 1e6, 1e7].map((users) => [
    number(users),
    ...figures.filter((one) => one.users === users).map(({ rate }) => percent(rate)),
  ]);
  const heads = ['users of a partition', 'Zipf 0.8', 'Zipf 1.0'];
  return { name: 'hits', title: 'Rows remembered, at best', figures, table: markdown(heads, rows, []) };
}

function simulationTable(options) {
  const { partitions } = options;
  const figures = [
    ['all accounts alike', 0, partitions, false],
    ['Zipf 0.8, by hash', 0.8, partitions, false],
    ['Zipf 0.8, moved', 0.8, partitions, true],
    ['Zipf 0.8, by hash', 0.8, 2 * partitions, false],
    ['Zipf 0.8, moved', 0.8, 2 * partitions, true],
    ['Zipf 1.0, by hash', 1, partitions, false],
    ['Zipf 1.0, moved', 1, partitions, true],
  ].map(([name, zipf, count, move]) => simulate(options, { name, zipf, partitions: count, move }));
  const rows = figures.map((one) => [
    ...[
      one.name,
      number(one.partitions),
      number(one.instances),
      number(one.moved),
      number(one.largestAccount),
      number(one.busiestChanges),
    ],
    ...[percent(one.meanUse), percent(one.busiestUse), milliseconds(one.p50), milliseconds(one.p99)],
    one.overloaded === 0 ? milliseconds(one.busiestP99) : `${one.overloaded} overloaded`,
  ]);
  const heads = [
    ...[
      'accounts',
      'partitions',
      'instances',
      'moved',
      'largest account, /s',
      'busiest partition, /s',
      'busy',
      'busiest',
    ],
    ...['p50 ms', 'p99 ms', 'p99 ms of the busiest'],
  ];
  return { name: 'simulation', title: 'Simulated at the peak', figures, table: markdown(heads, rows) };
}

/** One scenario: where accounts are, and how long changes take there. Overloaded partitions are told, not timed. */
function simulate({ model, seed, seconds }, { name, zipf, partitions, move }) {
  const random = randomFrom(seed);
  const shares = zipfShares(model.accounts, zipf);
  const hashed = scatter(shares, partitions, random);
  const { placed, moved } = move ? rebalance(shares, hashed, partitions, MOVED_ABOVE) : { placed: hashed, moved: 0 };
  const planned = partition(model, partitions).instances ?? MOST_INSTANCES;
  const each = loads(shares, placed, partitions)
    .map((share) => share * model.peakChanges)
    .map((changes) => {
      const instances = move ? Math.max(planned, instancesFor(model, changes) ?? MOST_INSTANCES) : planned;
      return { changes, instances, use: utilisationOf(model, changes, instances) };
    });
  const running = each.filter(({ use }) => use < 1);
  const timed = running.map(({ changes, instances, use }) => {
    const arrivals = poisson(changes, seconds, random);
    return { use, took: answers(arrivals, { ...model, instances, patchMs: slowedDown(model, changes, instances) }) };
  });
  const [busiest] = timed.toSorted((a, b) => b.use - a.use);
  const all = Float64Array.from(timed.flatMap(({ took }) => [...took]));
  return {
    ...{ name, zipf, partitions, moved, overloaded: each.length - running.length },
    instances: each.reduce((sum, { instances }) => sum + instances, 0),
    largestAccount: shares[0] * model.peakChanges,
    busiestChanges: Math.max(...each.map(({ changes }) => changes)),
    meanUse: each.reduce((sum, { use }) => sum + use, 0) / each.length,
    busiestUse: Math.max(...each.map(({ use }) => use)),
    ...{ p50: percentile(all, 0.5), p99: percentile(all, 0.99), busiestP99: percentile(busiest?.took ?? [], 0.99) },
  };
}

/** A change takes longer where the instance reads and follows besides: in proportion to the time that these leave. */
function slowedDown(model, changes, instances) {
  const besides = (requestsMs(model, changes) - changes * model.patchMs) / instances + changes * model.followMs;
  return model.patchMs / Math.max(LEAST_LEFT, 1 - besides / 1000);
}
