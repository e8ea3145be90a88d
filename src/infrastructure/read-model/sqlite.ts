import Database from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  SqliteDialect,
  SqliteDriver,
  type SqliteDialectConfig,
} from 'kysely';

/** SQLite before 3.51.3 can lose committed data when a write-ahead log is reset (the "WAL-reset race"). */
const OLDEST_SQLITE = [3, 51, 3] as const;
/** Pages kept in memory, as far as they are used: a million rows are indexed all over; reading has the system's cache. */
const CACHE_KIB = { writing: 64 * 1024, reading: 8 * 1024 } as const;
const WAL_LIMIT_BYTES = 16 * 1024 * 1024;

/** Takes the write lock at once: SQLite does not wait for it where a reader turns writer half-way. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

class ImmediateDialect extends SqliteDialect {
  constructor(private readonly settings: SqliteDialectConfig) {
    super(settings);
  }
  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.settings);
  }
}

/** What runs statements. */
type Preparing = Readonly<{ prepare: (sql: string) => Database.Statement; close: () => void }>;

/** Prepares each statement once; Kysely asks anew for every query. */
export const preparingOnce = (database: Database.Database): Preparing => {
  const prepared = new Map<string, Database.Statement>();
  return {
    prepare(sql: string): Database.Statement {
      const known = prepared.get(sql);
      if (known) return known;
      const statement = database.prepare(sql);
      prepared.set(sql, statement);
      return statement;
    },
    close: () => database.close(),
  };
};

/**
 * Opens a SQLite file, making it where there is none. Synchronous is NORMAL: a power cut may take the last commits, but
 * never part of one, and the checkpoint goes with the rows, so that the projector tells them again.
 */
export function openDatabase(file: string, use: keyof typeof CACHE_KIB): Database.Database {
  const database = new Database(file);
  const version = database.prepare('select sqlite_version()').pluck().get() as string;
  if (isOlder(version)) throw new Error(`SQLite ${version} is too old; ${OLDEST_SQLITE.join('.')} or newer is needed`);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma(`cache_size = -${CACHE_KIB[use]}`);
  database.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
  return database;
}

/** A SQLite file on this thread: for reading, and for whoever has nothing else to do meanwhile. */
export function openSqlite(file: string, use: keyof typeof CACHE_KIB = 'writing'): Kysely<unknown> {
  return new Kysely({
    dialect: new ImmediateDialect({ database: preparingOnce(openDatabase(file, use)) }),
  });
}

function isOlder(version: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [i, oldest] of OLDEST_SQLITE.entries()) if (parts[i] !== oldest) return (parts[i] ?? 0) < oldest;
  return false;
}
