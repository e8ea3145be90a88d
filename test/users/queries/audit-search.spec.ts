import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Stored } from '../../../src/event-sourcing/read-model.js';
import { SqlRows } from '../../../src/infrastructure/read-model/sql-rows.js';
import { accountCode } from '../../../src/users/projections/account-code.js';
import type { AuditEntry } from '../../../src/users/projections/audit-entry.chronicle.js';
import { type AuditFilters, CHANGE_COLUMNS, EVENT_COLUMNS } from '../../../src/users/queries/audit-filters.js';
import { AuditTrail } from '../../../src/users/queries/audit-trail.js';
import { asText, matches, scan, type Scanned } from '../../support/brute-force-audit.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { randomFrom } from '../../support/load.js';
import { ACCOUNTS, RandomHistory } from '../../support/random-history.js';
import { tellReadModel } from '../../support/read-model.js';

const SEED = Number(process.env.AUDIT_SEED ?? randomInt(2 ** 31));
const EVENTS = Number(process.env.AUDIT_EVENTS ?? 600);
const QUERIES = Number(process.env.AUDIT_QUERIES ?? 400);
const AUDIT_COLUMNS = [...CHANGE_COLUMNS, ...EVENT_COLUMNS];
const END = 10n ** 12n;

const random = randomFrom(SEED);
const history = new RandomHistory(random, EVENTS);
const scanned = scan(history.events);
let database: TestDatabase;
let trail: AuditTrail;

/** Everything of an entry that the brute force knows, too. */
const asScanned = (entry: Stored<AuditEntry>) => ({
  ...{ id: entry.eventId, position: entry.position, type: entry.type, occurredAt: entry.occurredAt },
  ...{ targetId: entry.targetId, targetName: entry.targetName, outcome: entry.outcome, rule: entry.rule },
  changes: JSON.parse(entry.changes) as unknown,
});
const expected = ({ event, ...said }: Scanned) => ({
  ...{ id: event.id, position: event.position, type: event.type, occurredAt: event.meta.occurredAt },
  ...said,
});

/** Values that some event has for a filter, and now and then one that none has. */
function someOf(column: (typeof AUDIT_COLUMNS)[number]): readonly string[] {
  const value = (): string | null => {
    const { event, targetId, outcome, changes } = history.pick(scanned);
    const change = changes.length > 0 ? history.pick(changes) : undefined;
    const of: Record<(typeof AUDIT_COLUMNS)[number], string | null> = {
      ...{
        requestId: event.meta.requestId,
        targetId,
        apiKeyId: event.meta.actor.apiKeyId,
        actorId: event.meta.actor.userId,
      },
      ...{ after: asText(change?.after), before: asText(change?.before), field: change?.field ?? null },
      ...{ ip: event.meta.ip, type: event.type, outcome },
    };
    return of[column];
  };
  const count = random() < 0.7 ? 1 : 1 + Math.floor(random() * 3);
  return Array.from({ length: count }, () => (random() < 0.03 ? 'no such value' : (value() ?? 'none')));
}

function randomFilters(): AuditFilters {
  const filters: Record<string, unknown> = {};
  const wanted = Math.floor(random() * 4);
  for (let i = 0; i < wanted; i++) {
    const column = history.pick(AUDIT_COLUMNS);
    filters[column] = someOf(column);
  }
  const time = () => history.pick(history.events).meta.occurredAt;
  if (random() < 0.3) filters.from = time();
  if (random() < 0.3) filters.to = time();
  return filters;
}

/** Walks the pages of a search to its end. */
async function walked(accountId: string, filters: AuditFilters, descending: boolean, limit: number, pin: bigint) {
  const found: Stored<AuditEntry>[] = [];
  for (let after: bigint | undefined; ; after = found.at(-1)?.position) {
    const page = await trail.search(accountId, filters, { descending, pin, after, limit });
    expect(page.length).toBeLessThanOrEqual(limit);
    found.push(...page);
    if (page.length < limit) return found.map(asScanned);
  }
}

async function expectSame(filters: AuditFilters): Promise<void> {
  const accountId = history.pick(ACCOUNTS);
  const pin = random() < 0.5 ? END : history.pick(history.events).position;
  const descending = random() < 0.5;
  const all = scanned.filter((one) => one.event.position <= pin && matches(accountId, filters, one)).map(expected);
  const limit = history.pick([1, 2, 7, 50, 1000]);
  const found = await walked(accountId, filters, descending, limit, pin);
  expect({ filters, found }).toEqual({ filters, found: descending ? all.reverse() : all });
}

describe.each(databases)(
  `the audit trail finds what reading every event finds, in %s (AUDIT_SEED=${SEED})`,
  (name, open) => {
    // Each costs some journeys.
    const queries = name === 'SQLite' ? QUERIES : Math.ceil(QUERIES / 8);
    beforeAll(async () => {
      database = await open();
      await tellReadModel(database, history.events, random);
      trail = new AuditTrail(new SqlRows(database.db));
    });
    afterAll(() => database.close());

    it('without filters', () => expectSame({}));
    it.each(AUDIT_COLUMNS)('by %s', async (column) => {
      for (let i = 0; i < 10; i++) await expectSame({ [column]: someOf(column) });
    });
    it('by time', async () => {
      const times = [...new Set(history.events.map(({ meta }) => meta.occurredAt)), '9999-12-31T23:59:59.999Z'];
      for (let i = 0; i < 30; i++) await expectSame({ from: history.pick(times), to: history.pick(times) });
    });
    it('by what a change was, from what to what', async () => {
      for (let i = 0; i < 60; i++) {
        const { changes } = history.pick(scanned);
        const change = changes.find(({ before, after }) => typeof before === 'string' && typeof after === 'string');
        if (change)
          await expectSame({ field: [change.field], before: [String(change.before)], after: [String(change.after)] });
      }
    });
    it(`by ${queries} combinations`, async () => {
      for (let i = 0; i < queries; i++) await expectSame(randomFilters());
    });
    it('and the histories are worth searching', () => {
      const types = new Set(history.events.map(({ type }) => type));
      expect(types.size).toBe(14);
      expect(new Set(ACCOUNTS.map(accountCode)).size).toBe(1);
      expect(scanned.some((one) => one.changes.length > 2 && one.outcome === 'applied')).toBe(true);
    });
  },
);
