import { Injectable } from '@nestjs/common';
import type { Position } from '../../event-sourcing/fact.js';
import { Rows, type Selection, type Stored, type Test } from '../../event-sourcing/read-model.js';
import { auditClock } from '../projections/audit-clock.projection.js';
import { type AuditEntry, auditEntry } from '../projections/audit-entry.chronicle.js';
import { AUDIT_COLUMNS, type AuditFilters, isAboutChange } from './audit-filters.js';

/** How far a filter's rows are counted to tell which filter leads: past that, all count as many. */
const COUNTED = 2000;

/** A stretch of the trail: what matches up to position `pin`, and only what comes past `after` in reading order. */
export type Stretch = Readonly<{
  descending: boolean;
  pin: Position;
  after?: Position | undefined;
  limit: number;
}>;

/** What an index is asked for: each of the values is a walk of its own along the log. */
type Lead = Readonly<{ column: string; values: readonly (string | boolean)[] }>;

/**
 * Searches an account's audit trail. Of the filters, the one with the fewest rows leads, and finds them in log order by
 * its index; the others are held against what it finds. So any one filter is fast however long the trail is, and several
 * are as fast as the rarest of them.
 */
@Injectable()
export class AuditTrail {
  constructor(private readonly rows: Rows) {}

  /** One entry for each event that matches, in log order. */
  async search(accountId: string, filters: AuditFilters, stretch: Stretch): Promise<Stored<AuditEntry>[]> {
    const bounds = await this.bounds(accountId, filters);
    if (!bounds) return [];
    const lead = await this.leading(accountId, filters);
    const where = [equal('accountId', accountId), ...bounds, test('position', '<=', stretch.pin)];
    const filter = heldAgainst(filters, lead.column);
    const found: Stored<AuditEntry>[] = [];
    for (let { after } = stretch; ; after = found.at(-1)?.position) {
      const limit = stretch.limit - found.length;
      const next = await this.walk(lead, { where, filter, limit }, stretch.descending, after);
      found.push(...onePerEvent(next));
      if (next.length < limit || found.length === stretch.limit) return found;
    }
  }

  /** The walks of all leading values as one. */
  private async walk(
    { column, values }: Lead,
    selection: Pick<Selection, 'where' | 'filter' | 'limit'>,
    descending: boolean,
    after: Position | undefined,
  ): Promise<Stored<AuditEntry>[]> {
    const walks: Stored<AuditEntry>[] = [];
    for (const value of values) {
      const rows = await this.rows.select(auditEntry, {
        ...{ ...selection, where: [...selection.where, equal(column, value)] },
        ...{ order: ['position'], descending },
        ...(after !== undefined && { after: [after] }),
      });
      walks.push(...rows);
    }
    if (values.length > 1) walks.sort((a, b) => Number(descending ? b.position - a.position : a.position - b.position));
    return walks.slice(0, selection.limit);
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
        rows += await this.rows.count(auditEntry, [equal('accountId', accountId), equal(column, value)], COUNTED);
      if (rows >= fewest) continue;
      lead = { column, values };
      fewest = rows;
    }
    return lead;
  }

  /**
   * Where in the log a span of time can be, so that a walk starts and ends there: nothing from `from` on stands before
   * the log first came to `from`, and nothing before `to` after it came to `to` and to the most that an event was ever
   * late. Undefined where nothing can be.
   */
  private async bounds(accountId: string, { from, to }: AuditFilters): Promise<Test[] | undefined> {
    const bounds: Test[] = [];
    if (from !== undefined) {
      const first = await this.firstAt(accountId, from);
      if (first === undefined) return undefined;
      bounds.push(test('position', '>=', first));
    }
    if (to !== undefined) {
      const late = (await this.rows.get(auditClock, accountId))?.late ?? 0;
      const past = await this.firstAt(accountId, new Date(Date.parse(to) + late).toISOString());
      if (past !== undefined) bounds.push(test('position', '<', past));
    }
    return bounds;
  }

  /** The first position at which the log had come to a time. */
  private async firstAt(accountId: string, time: string): Promise<Position | undefined> {
    const where = [equal('accountId', accountId), test('high', '>=', time)];
    const [first] = await this.rows.select(auditEntry, { where, order: ['high', 'position'], limit: 1 });
    return first?.position;
  }
}

const test = (column: string, is: '<' | '<=' | '>=', value: string | bigint): Test => ({ column, is, value });
const equal = (column: string, value: string | boolean): Test => ({ column, is: '=', value });

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
