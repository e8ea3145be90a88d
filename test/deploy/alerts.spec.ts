import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { promtoolIsInstalled } from '../support/promtool.js';

const ALERTS = 'deploy/prometheus/alerts.yml';
const { groups } = parse(readFileSync(ALERTS, 'utf8')) as { groups: { rules: { alert: string }[] }[] };
const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));

/** Series as Prometheus writes them, a sample a minute: `0+2x30` begins at 0 and grows by 2 for thirty minutes. */
type Series = Readonly<Record<string, string>>;
/** `after` is when it has to tell, in minutes: what is wrong for its `for`, where a rate is asked for, after that. */
type Fault = Readonly<{ series: Series; after: number }>;

const INSTANCE = 'job="user-ledger",instance="one:3000"';
const of = (name: string, labels = ''): string =>
  `${name.startsWith('up') || name.startsWith('nodejs') ? '' : 'user_ledger_'}${name}{${INSTANCE}${labels && `,${labels}`}}`;
const requests = (statusClass: string): string =>
  of('http_request_duration_seconds_count', `status_class="${statusClass}",route="/v2/users/:user_id"`);
const within = (seconds: string): string =>
  of('http_request_duration_seconds_bucket', `le="${seconds}",route="/v2/users/:user_id"`);

/** A service in good order: it is scraped, told everything, and answers; now and then it refuses somebody. */
const HEALTHY: Series = {
  [of('up')]: '1+0x30',
  [of('event_store_head_position')]: '1+9x30',
  [of('event_store_writable')]: '1+0x30',
  [of('projection_lag_seconds')]: '1+0x30',
  [of('projection_owner')]: '1+0x30',
  [of('projection_state', 'state="stopped"')]: '0+0x30',
  [of('projection_state', 'state="failing"')]: '0+0x30',
  [of('appends_resolved_total', 'resolution="unknown"')]: '3+0x30',
  [of('appends_in_doubt')]: '0+0x30',
  [requests('2xx')]: '0+999x30',
  [requests('5xx')]: '0+1x30',
  [within('0.5')]: '0+1000x30',
  [within('+Inf')]: '0+1000x30',
  [of('http_problems_total', 'type="rate-limited"')]: '0+30x30',
  [of('nodejs_eventloop_lag_p99_seconds')]: '0.01+0x30',
  [of('consumer_group_parked_events', 'stream="$all",group="mail"')]: '0+0x30',
  [of('invitation_mails_waiting')]: '0+0x30',
  [of('authentication_failures_total', 'kind="unknown"')]: '0+60x30',
  [of('data_dir_free_bytes')]: '2e9+0x30',
  [of('sqlite_wal_bytes', 'database="events"')]: '1e8+0x30',
};

/** What each alert is there for, in place of the same series of a healthy service. `_` is a scrape without the series. */
const FAULTS: Readonly<Record<string, Fault>> = {
  UserLedgerDown: { series: { [of('up')]: '0+0x30' }, after: 1 },
  UserLedgerProjectionLagging: { series: { [of('projection_lag_seconds')]: '11+0x30' }, after: 1 },
  UserLedgerProjectorStopped: { series: { [of('projection_state', 'state="stopped"')]: '1+0x30' }, after: 1 },
  UserLedgerProjectorFailing: { series: { [of('projection_state', 'state="failing"')]: '1+0x30' }, after: 1 },
  UserLedgerNobodyProjects: { series: { [of('projection_owner')]: '0+0x30' }, after: 1 },
  UserLedgerLeaseFlapping: { series: { [of('projection_owner')]: `${'0 1 '.repeat(15)}0` }, after: 15 },
  UserLedgerAppendsUnresolved: {
    series: { [of('appends_resolved_total', 'resolution="unknown"')]: '3 4+0x29' },
    after: 2,
  },
  UserLedgerEventStoreUnreachable: { series: { [of('event_store_head_position')]: '_x30' }, after: 1 },
  UserLedgerWritesRefused: { series: { [of('event_store_writable')]: '0+0x30' }, after: 1 },
  UserLedgerErrors: { series: { [requests('5xx')]: '0+20x30' }, after: 8 },
  UserLedgerSlow: { series: { [within('0.5')]: '0+980x30', [within('1')]: '0+1000x30' }, after: 13 },
  UserLedgerShedding: { series: { [of('http_problems_total', 'type="overloaded"')]: '0+90x30' }, after: 8 },
  UserLedgerEventLoopDelayed: { series: { [of('nodejs_eventloop_lag_p99_seconds')]: '0.2+0x30' }, after: 5 },
  UserLedgerEventsParked: {
    series: { [of('consumer_group_parked_events', 'stream="$all",group="mail"')]: '1+0x30' },
    after: 5,
  },
  UserLedgerMailsWaiting: { series: { [of('invitation_mails_waiting')]: '1+0x30' }, after: 15 },
  UserLedgerAuthenticationFailing: {
    series: { [of('authentication_failures_total', 'kind="unknown"')]: '0+400x30' },
    after: 8,
  },
  UserLedgerDiskFilling: { series: { [of('data_dir_free_bytes')]: '9e8+0x30' }, after: 5 },
  UserLedgerWalGrowing: { series: { [of('sqlite_wal_bytes', 'database="events"')]: '3e8+0x30' }, after: 15 },
};

type Firing = Readonly<{ alert: string; minute: number; fires: boolean }>;

/** What Prometheus says, evaluating the rules over the series: SUCCESS, or which expectation is not met. */
function verdict(series: Series, expected: readonly Firing[]): string {
  const firing = (alert: string): string => `count(ALERTS{alertstate="firing",alertname="${alert}"}) or vector(0)`;
  const test = {
    interval: '1m',
    input_series: Object.entries({ ...HEALTHY, ...series }).map(([series, values]) => ({ series, values })),
    promql_expr_test: expected.map(({ alert, minute, fires }) => ({
      expr: firing(alert),
      eval_time: `${minute}m`,
      exp_samples: [{ labels: '{}', value: fires ? 1 : 0 }],
    })),
  };
  const file = join(mkdtempSync(join(tmpdir(), 'alerts-')), 'test.yml');
  writeFileSync(file, stringify({ rule_files: [resolve(ALERTS)], evaluation_interval: '15s', tests: [test] }));
  const { stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
  return stdout + stderr;
}

it('there is a fault for each alert', () => {
  expect(Object.keys(FAULTS).sort()).toEqual([...alerts].sort());
});

const where = promtoolIsInstalled ? describe : describe.skip;
where('the alert rules, as Prometheus evaluates them (only where promtool is installed)', () => {
  it('are all silent about a service in good order', () => {
    const silent = alerts.map((alert) => ({ alert, minute: 29, fires: false }));
    expect(verdict({}, silent)).toContain('SUCCESS');
  });

  it.each(Object.entries(FAULTS))('%s tells of its fault once it has lasted', (alert, { series, after }) => {
    const told = [
      { alert, minute: 0, fires: false },
      { alert, minute: after + 1, fires: true },
    ];
    expect(verdict(series, told)).toContain('SUCCESS');
  });

  it('are silent about an instance that follows, while another tells the read model', () => {
    const another = of('projection_owner').replace('one:3000', 'two:3000');
    const silent = alerts.map((alert) => ({ alert, minute: 29, fires: false }));
    expect(verdict({ [of('projection_owner')]: '0+0x30', [another]: '1+0x30' }, silent)).toContain('SUCCESS');
  });

  it('and the check itself fails where a rule does not do as is said', () => {
    expect(verdict({}, [{ alert: 'UserLedgerDown', minute: 29, fires: true }])).toMatch(/FAILED/);
  });
});
