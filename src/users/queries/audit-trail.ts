import { Injectable } from '@nestjs/common';
import type { Position } from '../../event-sourcing/fact.js';
import { Rows, type Stored, type Test } from '../../event-sourcing/read-model.js';
import { auditClock } from '../projections/audit-clock.projection.js';
import { accountCode } from '../projections/account-code.js';
import { auditEntryKey } from '../projections/audit-entry-key.js';
import { type AuditEntry, auditEntry } from '../projections/audit-entry.chronicle.js';
import { AUDIT_COLUMNS, type AuditFilters, isAboutChange } from './audit-filters.js';
import { type Lead, walk } from './walk.js';

/** How far a filter's rows are counted to tell which filter leads: past that, all count as many. */
const COUNTED = 2000;

/** A stretch of the trail: what matches up to position `pin`, and only what comes past `after` in reading order. */
export type Stretch = Readonly<{
  descending: boolean;
  pin: Position;
  after?: Position | undefined;
  limit: number;
}>;

/** A part of the log, both ends included. */
type Part = Readonly<{ first: Position; last: Position }>;

/**
 * Searches an account's audit trail. Of the filters, the one with the fewest rows leads, and finds them in log order by
 * its index; the others are held against what it finds. So any one filter is fast however long the trail is, and several
 * are as fast as the rarest of them.
 */
@Injectable()
export class AuditTrail {
  constructor(private readonly rows: Rows) {}

  /** The first entry of each event that matches, in log order. */
  async search(accountId: string, filters: AuditFilters, stretch: Stretch): Promise<Stored<AuditEntry>[]> {
    let part = past(await this.part(accountId, filters, stretch.pin), stretch.after, stretch.descending);
    const lead = await this.leading(accountId, filters);
    const filter = [equal('accountId', accountId), ...heldAgainst(filters, lead.column)];
    const found: Stored<AuditEntry>[] = [];
    for (;;) {
      const limit = stretch.limit - found.length;
      // One bound at each end: of two, a database searches by one and walks up to the other.
      const where = [
        equal('account', accountCode(accountId)),
        test('position', '>=', part.first),
        test('position', '<=', part.last),
      ];
      const selection = { where, filter, limit, descending: stretch.descending };
      const next = await walk(this.rows, auditEntry, lead, selection);
      found.push(...onePerEvent(next));
      if (next.length < limit || found.length === stretch.limit) return this.first(found);
      part = past(part, found.at(-1)?.position, stretch.descending);
    }
  }

  /** The first entries of their events, in place of those that were found. */
  private async first(found: readonly Stored<AuditEntry>[]): Promise<Stored<AuditEntry>[]> {
    const keys = found.filter(({ first }) => !first).map(({ position }) => auditEntryKey(position, 0));
    if (keys.length === 0) return [...found];
    const where: Test[] = [{ column: 'key', is: 'in', value: keys }];
    const entries = await this.rows.select(auditEntry, { where, order: ['key'], limit: keys.length });
    const byPosition = new Map(entries.map((entry) => [entry.position, entry]));
    return found.map((entry) => byPosition.get(entry.position) ?? entry);
  }

  /** The filter with the fewest rows; without any, every event's first entry. */
  private async leading(accountId: string, filters: AuditFilters): Promise<Lead> {
    let lead: Lead = isAboutChange(filters) ? { column: 'field', values: [] } : { column: 'first', values: [true] };
    let fewest = Infinity;
    for (const column of AUDIT_COLUMNS) {
      const values = filters[column];
      if (!values) continue;
      let rows = 0;
      for (const value of values)
        rows += await this.rows.count(
          auditEntry,
          [equal('account', accountCode(accountId)), equal(column, value)],
          COUNTED,
        );
      if (rows >= fewest) continue;
      lead = { column, values };
      fewest = rows;
    }
    return lead;
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

function heldAgainst(filters: AuditFilters, leading: string): Test[] {
  const held: Test[] = [];
  for (const column of AUDIT_COLUMNS) {
    const value = filters[column];
    if (value && column !== leading) held.push({ column, is: 'in', value });
  }
  if (!isAboutChange(filters) && leading !== 'first') held.push(equal('first', true));
  if (filters.from !== undefined) held.push(test('occurredAt', '>=', filters.from));
  if (filters.to !== undefined) held.push(test('occurredAt', '<', filters.to));
  return held;
}

const onePerEvent = (entries: readonly Stored<AuditEntry>[]): Stored<AuditEntry>[] =>
  entries.filter((entry, i) => entry.position !== entries[i - 1]?.position);
