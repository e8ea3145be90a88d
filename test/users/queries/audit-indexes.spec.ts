import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CompiledQuery, type Kysely } from 'kysely';
import type { AnyRow, Table } from '../../../src/event-sourcing/projection.js';
import type { Selection, Stored } from '../../../src/event-sourcing/read-model.js';
import { selecting } from '../../../src/infrastructure/read-model/selection.js';
import { SqlRows } from '../../../src/infrastructure/read-model/sql-rows.js';
import type { AnyTables } from '../../../src/infrastructure/read-model/sql-read-model.js';
import { CHANGE_COLUMNS, EVENT_COLUMNS } from '../../../src/users/queries/audit-filters.js';
import { AuditTrail } from '../../../src/users/queries/audit-trail.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { randomFrom } from '../../support/load.js';
import { ACCOUNTS, RandomHistory } from '../../support/random-history.js';
import { tellReadModel } from '../../support/read-model.js';

/** Notes how SQLite goes about what it is asked for. */
class ExplainedRows extends SqlRows {
  readonly plans: string[] = [];

  constructor(private readonly database: Kysely<AnyTables>) {
    super(database);
  }

  override async select<Row extends AnyRow>(table: Table<Row>, selection: Selection): Promise<readonly Stored<Row>[]> {
    const { sql, parameters } = selecting(this.database, table, selection).compile();
    const explained = await this.database.executeQuery<{ detail: string }>(
      CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]),
    );
    this.plans.push(explained.rows.map(({ detail }) => detail).join('; '));
    return super.select(table, selection);
  }
}

const [accountId] = ACCOUNTS;
const stretch = { descending: true, pin: 10n ** 12n, limit: 50 };
let database: TestDatabase;

beforeAll(async () => {
  const open = databases.find(([name]) => name === 'SQLite')?.[1];
  if (!open) throw new Error('SQLite is not among the databases of tests');
  database = await open();
  const random = randomFrom(1);
  await tellReadModel(database, new RandomHistory(random, 200).events, random);
});
afterAll(() => database.close());

async function planOf(filters: object): Promise<string> {
  const rows = new ExplainedRows(database.db);
  await new AuditTrail(rows).search(accountId, filters, stretch);
  return rows.plans[0] ?? '';
}

it.each([...EVENT_COLUMNS, ...CHANGE_COLUMNS])('%s is found by its own index, in log order', async (column) => {
  const plan = await planOf({ [column]: ['whatever'] });
  expect(plan).toContain(`-account-${column}-position (account=? AND ${column}=? AND position>? AND position<?)`);
  expect(plan).not.toContain('TEMP B-TREE');
});

it('without filters, all entries of the account are walked in log order', async () => {
  const plan = await planOf({});
  expect(plan).toContain('-accountId-position (accountId=? AND position>? AND position<?)');
  expect(plan).not.toContain('TEMP B-TREE');
});
