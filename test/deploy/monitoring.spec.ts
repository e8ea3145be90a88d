import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { withService } from '../acceptance/with-service.js';
import { promtoolIsInstalled } from '../support/promtool.js';

const ALERTS = 'deploy/prometheus/alerts.yml';
const read = (path: string): string => readFileSync(path, 'utf8');

type Rule = Readonly<{
  alert: string;
  expr: string;
  for: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}>;
const { groups } = parse(read(ALERTS)) as { groups: readonly { rules: readonly Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

type Panel = Readonly<{ id: number; title: string; targets: readonly { expr: string }[] }>;
const { panels } = JSON.parse(read('deploy/grafana/user-ledger.json')) as { panels: readonly Panel[] };

/** What Prometheus itself makes. */
const ITS_OWN = ['up'];
/** What stands in an expression where no name of a metric does. */
const WORDS = /\b(sum|max|min|rate|increase|changes|histogram_quantile|by|on|unless|or|and|le)\b/g;

/** Names of metrics in an expression: what is left when labels, times, numbers and words of the language are taken out. */
const namesIn = (expr: string): string[] =>
  expr
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(by|on)\s*\([^)]*\)/g, ' ')
    .replaceAll(/\b\d[\d.]*(e\d+)?\b/g, ' ')
    .replaceAll(WORDS, ' ')
    .match(/[a-z_]\w+/g)
    ?.filter((name) => !ITS_OWN.includes(name)) ?? [];

const WITH_LABELS = /\b([a-z_]\w+)\{([^}]*)\}/g;
/** Labels of each metric that is matched by some, in an expression. */
const matchesIn = (expr: string): (readonly [string, string[]])[] =>
  [...expr.matchAll(WITH_LABELS)].map(
    ([, name = '', list = '']) =>
      [name, [...list.matchAll(/(\w+)\s*(?:=~|!~|!=|=)"/g)].map(([, label = '']) => label)] as const,
  );
/** Labels that an expression groups or joins by. */
const groupsIn = (expr: string): string[] =>
  [...expr.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));

/** Labels that Prometheus adds to what it scrapes. */
const ADDED = ['job', 'instance', ''];
const withoutPart = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');

/** What headings of a document are found by. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );

const expressions = [
  ...rules.map(({ alert, expr }) => [`alert ${alert}`, expr] as const),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [`panel ${title}`, expr] as const)),
];

const context = withService();
let names: ReadonlySet<string>;
/** Of each metric, as told where there is something to count, and as documented where there is nothing yet. */
const labels = new Map<string, Set<string>>();
const labelsOf = (name: string): string[] => [
  ...(labels.get(withoutPart(name)) ?? []),
  ...(name.endsWith('_bucket') ? ['le'] : []),
  ...ADDED,
];
beforeAll(async () => {
  const { service } = context;
  const text = await (await service.request('/metrics')).text();
  const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  const parts = (name: string, type: string): string[] =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => `${name}${end}`) : [name];
  names = new Set(types.flatMap(([, name = '', type = '']) => parts(name, type)));
  for (const [, name = '', list = ''] of text.matchAll(/^(\w+)\{([^}]*)\} /gm)) {
    const known = labels.get(withoutPart(name)) ?? new Set();
    for (const [, label = ''] of list.matchAll(/(\w+)="/g)) if (label !== 'le') known.add(label);
    labels.set(withoutPart(name), known);
  }
  for (const [, name = '', list = ''] of read('docs/observability.md').matchAll(
    /^\| `(user_ledger_\w+)`\s+\| \w+\s+\|([^|]*)\|/gm,
  ))
    labels.set(name, new Set([...list.matchAll(/`(\w+)`/g)].map(([, label = '']) => label)));
});

describe('alerts and dashboard', () => {
  it.each(expressions)('%s asks for metrics and labels that there are', (_, expr) => {
    const asked = namesIn(expr);
    expect(asked.length).toBeGreaterThan(expr.includes('up{') ? -1 : 0);
    expect(asked.filter((name) => !names.has(name))).toEqual([]);
    for (const [name, matched] of matchesIn(expr))
      expect([name, matched.filter((label) => !labelsOf(name).includes(label))]).toEqual([name, []]);
    const grouped = groupsIn(expr).filter((label) => !asked.some((name) => labelsOf(name).includes(label)));
    expect(grouped.filter((label) => !ADDED.includes(label))).toEqual([]);
  });

  it('notice a name that is not there', () => {
    expect(namesIn('sum by (job) (rate(user_ledger_x_total{a="b"}[5m])) / max(up) > 0.5')).toEqual([
      'user_ledger_x_total',
    ]);
    const expr = 'sum by (job, le) (x_y{route!~"a",b="c"}) / z_z{d="e"}';
    expect(matchesIn(expr)).toEqual([
      ['x_y', ['route', 'b']],
      ['z_z', ['d']],
    ]);
    expect(groupsIn(expr)).toEqual(['job', 'le']);
  });

  it('each alert says what is so, what to do, and where to read on', () => {
    for (const { alert, for: time, labels: own, annotations } of rules) {
      expect(alert).toMatch(/^UserLedger[A-Z]\w+$/);
      expect(time).toMatch(/^\d+[sm]$/);
      expect(own.severity).toMatch(/^(critical|warning)$/);
      expect(annotations.summary).toMatch(/\.$/);
      expect(annotations.action).toMatch(/\.$/);
      const [file = '', anchor] = annotations.runbook?.split('#') ?? [];
      expect(anchorsOf(read(file))).toContain(anchor);
    }
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it('each panel has a place of its own', () => {
    expect(panels.length).toBeGreaterThan(20);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });

  it('the example has the alerts beside it, and scrapes under the name they know', () => {
    const example = parse(read('deploy/prometheus/prometheus.yml')) as {
      rule_files: string[];
      scrape_configs: { job_name: string; metrics_path?: string }[];
    };
    expect(example.rule_files).toEqual(['alerts.yml']);
    expect(example.scrape_configs).toMatchObject([{ job_name: 'user-ledger' }]);
    expect(rules.some(({ expr }) => expr.includes('job="user-ledger"'))).toBe(true);
  });
});

(promtoolIsInstalled ? it : it.skip)('Prometheus takes the rules (only where promtool is installed)', () => {
  for (const args of [
    ['check', 'rules', ALERTS],
    ['check', 'config', 'deploy/prometheus/prometheus.yml'],
  ])
    expect(execFileSync('promtool', args).toString()).toContain('SUCCESS');
});
