// Measures the audit trail: rebuild, pages of every filter, and a full export, over a log of any length.
import { print, run, say, verdict } from './command-line.mjs';
import { seedHistory } from './audit-history.mjs';
import { quantiles } from './quantiles.mjs';
import { Service } from './service.mjs';

const USAGE = `Usage: npm run bench:audit -- [options]

Writes a log of renames and developer permissions, rebuilds the read model from it, and measures pages and exports of
the audit trail over HTTP.

  --events N   events in the log, 1000 to 10000000 (default 100000; the goals are meant for 1000000)
  --pages N    pages read for each filter (default 200)
  --json       JSON on standard output; the table goes to standard error
  --help       this text

Exit codes: 0 measured, 1 failed, 2 wrong usage. A goal missed is reported and changes nothing here.
`;

const OPTIONS = {
  events: { default: '100000', least: 1000, most: 10_000_000 },
  pages: { default: '200', least: 10, most: 10_000 },
};

async function get(service, query, headers = {}) {
  const response = await fetch(new URL(`/v2/audit-events?${query}`, service.url), {
    headers: { authorization: service.authorization, ...headers },
  });
  if (response.status !== 200) throw new Error(`${query}: ${response.status} ${await response.text()}`);
  return response;
}

/** Latencies of pages of one filter: half first pages, half second ones. */
async function pages(service, name, queries, count) {
  const took = [];
  let rows = 0;
  for (let i = 0; took.length < count; i++) {
    const query = queries(i);
    for (let cursor = ''; took.length < count;) {
      const began = performance.now();
      const page = await (await get(service, `${query}${cursor}`)).json();
      took.push(performance.now() - began);
      rows += page.audit_events.length;
      if (cursor !== '' || !page.pagination.has_more) break;
      cursor = `&cursor=${encodeURIComponent(page.pagination.next_cursor)}`;
    }
  }
  const { p50, p99 } = quantiles(took);
  return { name, pages: took.length, rowsPerPage: rows / took.length, p50, p99 };
}

async function exported(service, accept) {
  const before = service.memory().service;
  let highest = before;
  const timer = setInterval(() => (highest = Math.max(highest, service.memory().service)), 250);
  const began = performance.now();
  let lines = 0;
  for await (const chunk of (await get(service, 'order=asc', { accept })).body)
    for (let i = chunk.indexOf(10); i >= 0; i = chunk.indexOf(10, i + 1)) lines++;
  const seconds = (performance.now() - began) / 1000;
  clearInterval(timer);
  return { accept, rows: lines, seconds, rowsPerSecond: lines / seconds, memoryGrowthMiB: highest - before };
}

async function main(options) {
  const service = new Service();
  service.stopOnSignals();
  try {
    await service.start();
    await service.end();
    say(`writing ${options.events} events`);
    const known = await seedHistory(service, options.events, say);
    say('rebuilding the read model');
    const rebuild = await service.rebuild();
    say(`${rebuild.events_per_second} events/s`);
    await service.start();
    await pages(service, 'warm-up', () => 'limit=50', 50);
    const filters = [];
    for (const [name, queries] of Object.entries(known.queries)) {
      const one = await pages(service, name, queries, options.pages);
      say(`${name}: p99 ${one.p99.toFixed(1)} ms`);
      filters.push(one);
    }
    const exports = [await exported(service, 'application/x-ndjson'), await exported(service, 'text/csv')];
    if (exports[0].rows < options.events) throw new Error(`${exports[0].rows} rows exported of ${options.events}`);
    const report = { events: options.events, rebuild, filters, exports };
    print(options.json, table(report), report);
  } finally {
    await service.stop();
  }
}

function table({ events, rebuild, filters, exports }) {
  const lines = [
    `audit trail of ${events} events`,
    `rebuild  ${rebuild.events_per_second} events/s  ≥ 20000/s: ${verdict(rebuild.events_per_second >= 20_000)}`,
    'filter                    rows a page  p50 ms  p99 ms  ≤ 30 ms p99',
  ];
  for (const { name, rowsPerPage, p50, p99 } of filters)
    lines.push(
      `${name.padEnd(24)}  ${rowsPerPage.toFixed(0).padStart(11)}  ${p50.toFixed(1).padStart(6)}  ${p99.toFixed(1).padStart(6)}  ${verdict(p99 <= 30)}`,
    );
  for (const { accept, rowsPerSecond, memoryGrowthMiB } of exports) {
    const goal = accept === 'application/x-ndjson' ? `  ≥ 50000/s: ${verdict(rowsPerSecond >= 50_000)}` : '';
    const memory = `memory +${memoryGrowthMiB.toFixed(0)} MiB  ≤ 50: ${verdict(memoryGrowthMiB <= 50)}`;
    lines.push(`export ${accept}  ${rowsPerSecond.toFixed(0)} rows/s${goal}  ${memory}`);
  }
  return `${lines.join('\n')}\n`;
}

await run(USAGE, OPTIONS, main);
