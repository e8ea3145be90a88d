// What the benchmark expects, and how it says what came of it.

/** Goals by what they are about: a case at a number of connections, or the whole run. */
const goals = [
  { of: 'PATCH', at: 64, figure: 'requestsPerSecond', atLeast: 4000, unit: '/s' },
  { of: 'PATCH', at: 64, figure: 'p99', atMost: 40, unit: ' ms p99' },
  { of: 'PATCH', at: 1, figure: 'requestsPerSecond', atLeast: 700, unit: '/s' },
  { of: 'PATCH', at: 1, figure: 'p50', atMost: 1.3, unit: ' ms p50' },
  { of: 'PATCH no-op', at: 16, figure: 'requestsPerSecond', atLeast: 3000, unit: '/s' },
  { of: 'GET', at: 16, figure: 'requestsPerSecond', atLeast: 15000, unit: '/s' },
  { of: 'PATCH one hot user', at: 16, figure: 'requestsPerSecond', atLeast: 1500, unit: '/s' },
  { of: 'idle memory, all processes', figure: 'value', atMost: 300, unit: ' MiB' },
  { of: 'time to ready', figure: 'value', atMost: 3, unit: ' s' },
];

/** The goals for one line of the report, and whether each is met. */
export function judged(name, connections, figures) {
  return goals
    .filter((goal) => goal.of === name && goal.at === connections)
    .map(({ figure, atLeast, atMost, unit }) => ({
      goal: atLeast === undefined ? `≤ ${atMost}${unit}` : `≥ ${atLeast}${unit}`,
      met: atLeast === undefined ? figures[figure] <= atMost : figures[figure] >= atLeast,
    }));
}

const fixed = (value, digits) => (value === null ? '-' : value.toFixed(digits));
const verdicts = (list) => list.map(({ goal, met }) => `${goal}: ${met ? 'met' : 'MISSED'}`).join(', ');

export function table({ cases, memory, idleMemory, ready }) {
  const loads = [
    ['case', 'connections', 'requests/s', 'p50 ms', 'p99 ms', 'not 2xx', 'generator CPU', 'goals'],
    ...cases.map((one) => [
      ...[one.name, String(one.connections), fixed(one.requestsPerSecond, 0), fixed(one.p50, 2), fixed(one.p99, 2)],
      ...[String(one.failed), `${fixed(one.generatorCpu * 100, 0)} %`, verdicts(one.goals)],
    ]),
  ];
  const rest = [
    ['', 'idle', 'under load', 'goals'],
    ['memory of the service, MiB', fixed(memory.idle.service, 0), fixed(memory.load.service, 0), ''],
    ['memory of the event store, MiB', fixed(memory.idle.eventStore, 0), fixed(memory.load.eventStore, 0), ''],
    [
      'memory of both, MiB',
      ...[fixed(idleMemory.value, 0), fixed(memory.load.service + memory.load.eventStore, 0)],
      verdicts(idleMemory.goals),
    ],
    ['time to ready, s', fixed(ready.value, 2), '', verdicts(ready.goals)],
  ];
  return `${aligned(loads)}\n\n${aligned(rest)}`;
}

/** Names and goals to the left, figures to the right. */
export function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const last = widths.length - 1;
  const cell = (text, column) =>
    column === 0 || column === last ? text.padEnd(widths[column]) : text.padStart(widths[column]);
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}
