import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  type QueryResult,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';
import { SqliteThread } from './sqlite-thread.js';

/** Kysely's way to a {@link SqliteThread}; statements alone, for {@link SqliteThread.transaction} has the transactions. */
class ThreadDriver extends SqliteDriver {
  constructor(private readonly thread: SqliteThread) {
    super({ database: undefined as never });
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    await super.acquireConnection();
    const { thread } = this;
    return {
      async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
        const [result] = await thread.ask([query], false);
        return typeof result === 'object'
          ? { rows: result as R[] }
          : { rows: [], numAffectedRows: BigInt(result as number) };
      },
      streamQuery() {
        throw new Error('rows come in pages, never as a stream');
      },
    };
  }

  override beginTransaction(): Promise<void> {
    throw new Error('a transaction is sent as a whole');
  }

  /** The thread is its owner's to close: Kysely passes a word on only where it has been asked something before. */
  override destroy(): Promise<void> {
    return Promise.resolve();
  }
}

class ThreadDialect extends SqliteDialect {
  constructor(private readonly thread: SqliteThread) {
    super({ database: undefined as never });
  }
  override createDriver(): SqliteDriver {
    return new ThreadDriver(this.thread);
  }
}

/** Opens a SQLite file for writing, on a thread of its own, until the thread is closed. */
export function openThreadedSqlite(file: string): { db: Kysely<unknown>; statements: SqliteThread } {
  const statements = new SqliteThread(file);
  return { db: new Kysely({ dialect: new ThreadDialect(statements) }), statements };
}
