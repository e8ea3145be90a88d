import type { CompiledQuery, Kysely } from 'kysely';
import type { AnyTables } from './sql-read-model.js';
import type { RawRow } from './tables.js';

/** A statement and its parameters, as Kysely compiles it. */
export type Statement = Pick<CompiledQuery, 'sql' | 'parameters'>;

/** Statements that go to the database together, since a journey costs as much as some statements do. */
export abstract class Statements {
  /** The rows that each statement finds. */
  abstract read(statements: readonly Statement[]): Promise<readonly (readonly RawRow[])[]>;
  /** All or none. */
  abstract transaction(statements: readonly Statement[]): Promise<void>;
}

/** On whatever database Kysely speaks to: reads side by side where it has the connections. */
export class KyselyStatements extends Statements {
  constructor(private readonly db: Kysely<AnyTables>) {
    super();
  }

  override async read(statements: readonly CompiledQuery[]): Promise<readonly (readonly RawRow[])[]> {
    const found = await Promise.all(statements.map((statement) => this.db.executeQuery<RawRow>(statement)));
    return found.map(({ rows }) => rows);
  }

  override async transaction(statements: readonly CompiledQuery[]): Promise<void> {
    await this.db.transaction().execute(async (transaction) => {
      for (const statement of statements) await transaction.executeQuery(statement);
    });
  }
}
