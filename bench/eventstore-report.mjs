// What is expected of the embedded event store on two cores, and how the benchmark says what came of it.
import { aligned } from './report.mjs';

const goals = [
  { of: 'durable appends/s, 64 in flight', figure: ({ appends }) => at(appends, 64)?.perSecond, atLeast: 8_000 },
  { of: 'durable append, 1 in flight, p50 ms', figure: ({ appends }) => at(appends, 1)?.p50, atMost: 1 },
  { of: 'history of a stream, events/s', figure: ({ ofStream }) => ofStream.perSecond, atLeast: 30_000 },
  { of: 'history of the whole log, events/s', figure: ({ ofAll }) => ofAll.perSecond, atLeast: 30_000 },
  { of: 'start, s', figure: ({ startSeconds }) => startSeconds, atMost: 2 },
  { of: 'memory, the most under load, MiB', figure: ({ highestMiB }) => highestMiB, atMost: 150 },
];

const at = (appends, wanted) => appends.find(({ inFlight }) => inFlight === wanted);

/** Each goal that this run can tell of, and whether it is met. */
export function judged(report) {
  return goals
    .map(({ of, figure, atLeast, atMost }) => ({ of, value: figure(report), atLeast, atMost }))
    .filter(({ value }) => value !== undefined)
    .map(({ of, value, atLeast, atMost }) => ({
      ...{ of, goal: atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}` },
      met: atLeast === undefined ? value <= atMost : value >= atLeast,
    }));
}

export function table(
  { events, synchronous, appends, ofStream, ofAll, live, startSeconds, idleMiB, highestMiB },
  judged,
) {
  const goalOf = (of) =>
    judged.filter((one) => one.of === of).map(({ goal, met }) => `${goal}: ${met ? 'met' : 'MISSED'}`);
  const rows = [
    ['', 'figure', 'p50 ms', 'p99 ms', 'goal'],
    ...appends.map(({ inFlight, perSecond, p50, p99 }) => [
      ...[`durable appends/s, ${inFlight} in flight`, perSecond.toFixed(0), p50.toFixed(2), p99.toFixed(2)],
      [
        ...goalOf(`durable appends/s, ${inFlight} in flight`),
        ...goalOf(`durable append, ${inFlight} in flight, p50 ms`),
      ].join(', '),
    ]),
    ...[
      ['history of a stream, events/s', ofStream],
      ['history of the whole log, events/s', ofAll],
    ].map(([name, { perSecond }]) => [...[name, perSecond.toFixed(0), '', '', goalOf(name).join()]]),
    ...[
      ['answered', live.answered],
      ['at a subscriber', live.delivered],
    ].map(([name, { p50, p99 }]) => [
      ...[`sent → ${name}, ${live.rate} appends/s`, '', p50.toFixed(2), p99.toFixed(2), ''],
    ]),
    ['start, s', startSeconds.toFixed(2), '', '', goalOf('start, s').join()],
    ['memory, idle, MiB', idleMiB.toFixed(0), '', '', ''],
    [
      ...['memory, the most under load, MiB', highestMiB.toFixed(0), '', ''],
      goalOf('memory, the most under load, MiB').join(),
    ],
  ];
  const about = [
    `A log of ${events} events beforehand; one event of some 400 bytes an append, each to one of as many streams as are in flight.`,
    `Durable: answered after SQLite's commit with journal_mode=WAL and synchronous=${synchronous}, which waits for fsync;`,
    'appends that arrive together share one commit. One core for the store and one for the load is assumed.',
  ];
  return `${aligned(rows)}\n\n${about.join('\n')}`;
}
