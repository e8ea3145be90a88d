import { Injectable } from '@nestjs/common';
import type { Position } from '../../event-sourcing/fact.js';
import type { Progress, Table } from '../../event-sourcing/projection.js';
import { Rows, type Stored, type Test } from '../../event-sourcing/read-model.js';
import { auditClock } from '../projections/audit-clock.projection.js';
import { accountCode } from '../projections/account-code.js';
import { type AuditChange, auditChange } from '../projections/audit-change.chronicle.js';
import { type AuditEntry, auditEntry } from '../projections/audit-entry.chronicle.js';
import { auditEntryKey } from '../projections/audit-keys.js';
import { type FieldChange, type FieldValue, valueText } from '../projections/field-change.js';
import { type AuditFilters, CHANGE_COLUMNS, EVENT_COLUMNS, isAboutChange } from './audit-filters.js';
import { type Lead, walk } from './walk.js';

/** How far a filter's rows are counted to tell which filter leads: past that, all count as many. */
const COUNTED = 2000;

/** A stretch of the trail: what matches up to position `pin`, and only what comes past `after` in reading order. */
type Stretch = Readonly<{
  descending: boolean;
  pin: Position;
  after?: Position | undefined;
  limit: number;
}>;

/** A part of the log, both ends included. */
type Part = Readonly<{ first: Position; last: Position }>;

type Column = (typeof CHANGE_COLUMNS | typeof EVENT_COLUMNS)[number];

/** The filter that leads, and whether it is about single changes. */
type Leading = Readonly<{ lead?: Lead; ofChanges: boolean }>;

/**
 * Searches an account's audit trail. Of the filters, the one with the fewest rows leads, and finds them in log order by
 * its index; the others are held against what it finds. So any one filter is fast however long the trail is, and several
 * are as fast as the rarest of them.
 */
@Injectable()
export class AuditTrail {
  constructor(private readonly rows: Rows) {}

  /** The entries that match, in log order. */
  async search(accountId: string, filters: AuditFilters, stretch: Stretch): Promise<Stored<AuditEntry>[]> {
    let part = past(await this.part(accountId, filters, stretch.pin), stretch.after, stretch.descending);
    const leading = await this.leading(accountId, filters);
    const { descending } = stretch;
    const found: Stored<AuditEntry>[] = [];
    for (;;) {
      // One bound at each end: of two, a database searches by one and walks up to the other.
      const where = [test('position', '>=', part.first), test('position', '<=', part.last)];
      // Few events of a rare filter have a change that fits; of a leading change, each row is one that does.
      const limit = !leading.ofChanges && isAboutChange(filters) ? COUNTED : stretch.limit - found.length;
      const { walked, entries } = await this.next(accountId, filters, leading, { where, limit, descending });
      found.push(...entries);
      if (walked.length < limit || found.length >= stretch.limit) return found.slice(0, stretch.limit);
      part = past(part, walked.at(-1)?.position, descending);
    }
  }

  /** What one walk along the leading filter's index comes past, and the entries found by it. */
  private async next(
    accountId: string,
    filters: AuditFilters,
    { lead, ofChanges }: Leading,
    selection: Readonly<{ where: readonly Test[]; limit: number; descending: boolean }>,
  ): Promise<Readonly<{ walked: readonly Progress[]; entries: readonly Stored<AuditEntry>[] }>> {
    const by = { accountId, lead };
    const ofEvent = [equal('accountId', accountId), ...heldAgainst(filters, EVENT_COLUMNS, lead), ...within(filters)];
    if (ofChanges) {
      const filter = heldAgainst(filters, CHANGE_COLUMNS, lead);
      const joined = { table: auditEntry, by: 'entry', filter: ofEvent };
      const walked = await walk(this.rows, auditChange, by, { ...selection, filter, joined });
      return { walked, entries: await this.entriesOf(walked) };
    }
    const walked = await walk(this.rows, auditEntry, by, { ...selection, filter: ofEvent });
    return { walked, entries: walked.filter((entry) => !isAboutChange(filters) || hasChange(entry, filters)) };
  }

  /** The entries of changes, each once, in their order. */
  private async entriesOf(changes: readonly AuditChange[]): Promise<Stored<AuditEntry>[]> {
    const keys = [...new Set(changes.map(({ entry }) => entry))];
    if (keys.length === 0) return [];
    const where: Test[] = [{ column: 'key', is: 'in', value: keys }];
    const entries = await this.rows.select(auditEntry, { where, order: ['key'], limit: keys.length });
    const byKey = new Map(entries.map((entry) => [auditEntryKey(entry.position), entry]));
    return keys.flatMap((key) => byKey.get(key) ?? []);
  }

  /** The filter with the fewest rows. Of those with many, one about changes: its rows need not be read to be refused. */
  private async leading(accountId: string, filters: AuditFilters): Promise<Leading> {
    let leading: Leading = { ofChanges: false };
    let fewest = Infinity;
    for (const column of [...CHANGE_COLUMNS, ...EVENT_COLUMNS]) {
      const values = filters[column];
      if (!values) continue;
      const ofChanges = (CHANGE_COLUMNS as readonly string[]).includes(column);
      const table: Table = ofChanges ? auditChange : auditEntry;
      let rows = 0;
      for (const value of values)
        rows += await this.rows.count(table, [equal('account', accountCode(accountId)), equal(column, value)], COUNTED);
      rows = Math.min(rows, COUNTED);
      if (rows >= fewest) continue;
      leading = { lead: { column, values }, ofChanges };
      fewest = rows;
    }
    return leading;
  }

  /**
   * The part of the log up to `pin` that a span of time can be in, so that a walk starts and ends there: nothing from
   * `from` on stands before the log first came to `from`, and nothing before `to` after it came to `to` and to the most
   * that an event was ever late.
   */
  private async part(accountId: string, { from, to }: AuditFilters, pin: Position): Promise<Part> {
    let [first, last] = [0n, pin];
    if (from !== undefined) first = (await this.firstAt(accountId, from)) ?? pin + 1n;
    if (to !== undefined) {
      const late = (await this.rows.get(auditClock, accountId))?.late ?? 0;
      const beyond = await this.firstAt(accountId, later(to, late));
      if (beyond !== undefined && beyond <= last) last = beyond - 1n;
    }
    return { first, last };
  }

  /** The first position at which the log had come to a time. */
  private async firstAt(accountId: string, time: string): Promise<Position | undefined> {
    const where = [equal('account', accountCode(accountId)), test('high', '>=', time)];
    const filter = [equal('accountId', accountId)];
    const [first] = await this.rows.select(auditEntry, { where, filter, order: ['high', 'position'], limit: 1 });
    return first?.position;
  }
}

/** Times are compared as text, of which the last is in the year 9999. */
const later = (time: string, ms: number): string =>
  new Date(Math.min(Date.parse(time) + ms, Date.parse('9999-12-31T23:59:59.999Z'))).toISOString();

/** What is left of a part after a position was read, in reading order. */
function past(part: Part, position: Position | undefined, descending: boolean): Part {
  if (position === undefined) return part;
  if (descending) return { ...part, last: position <= part.last ? position - 1n : part.last };
  return { ...part, first: position >= part.first ? position + 1n : part.first };
}

const test = (column: string, is: '<' | '<=' | '>=', value: string | bigint): Test => ({ column, is, value });
const equal = (column: string, value: string | number | boolean): Test => ({ column, is: '=', value });

/** The filters of some columns, but for the leading one. */
function heldAgainst(filters: AuditFilters, columns: readonly Column[], lead: Lead | undefined): Test[] {
  return columns.flatMap((column): Test[] => {
    const value = filters[column];
    return value && column !== lead?.column ? [{ column, is: 'in', value }] : [];
  });
}

function within({ from, to }: AuditFilters): Test[] {
  const span: Test[] = [];
  if (from !== undefined) span.push(test('occurredAt', '>=', from));
  if (to !== undefined) span.push(test('occurredAt', '<', to));
  return span;
}

/** Whether one and the same change of an entry is all that is looked for. */
function hasChange({ changes }: AuditEntry, { field, before, after }: AuditFilters): boolean {
  const fits = (wanted: readonly string[] | undefined, value: FieldValue) => {
    const text = valueText(value);
    return wanted === undefined || (text !== null && wanted.includes(text));
  };
  return (JSON.parse(changes) as FieldChange[]).some(
    (change) => fits(field, change.field) && fits(before, change.before) && fits(after, change.after),
  );
}
