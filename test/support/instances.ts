import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { onPool, openPool } from '../../src/infrastructure/read-model/postgres.js';
import type { AnyTables } from '../../src/infrastructure/read-model/sql-read-model.js';
import { VERSION } from '../../src/postgres-read-model.js';
import { openSqlite } from '../../src/infrastructure/read-model/sqlite.js';
import { newDatabase, silent } from './databases.js';
import { type EmbeddedEventStore, startEmbeddedEventStore } from './embedded-event-store.js';
import { PostgresNotebook } from '../../src/infrastructure/read-model/postgres-notebook.js';
import { MailQueue } from '../../src/users/invitations/mail-queue.js';
import { eventually } from './load.js';
import { dumpOf } from './read-model.js';
import { ServiceUnderTest } from './service.js';

/** Several instances of the service on one event store and one PostgreSQL. */
export class Instances {
  readonly all: ServiceUnderTest[] = [];
  private known: ServiceUnderTest['admin'] | undefined;

  private constructor(
    private readonly store: EmbeddedEventStore,
    private readonly database: Awaited<ReturnType<typeof newDatabase>>,
    readonly dir: string,
    private readonly env: Readonly<Record<string, string>>,
    readonly db: Kysely<AnyTables>,
  ) {}

  static async start(server: string, count: number, env: Readonly<Record<string, string>>): Promise<Instances> {
    const store = await startEmbeddedEventStore();
    const database = await newDatabase(server);
    const dir = mkdtempSync(join(tmpdir(), 'user-ledger-instances-'));
    const db = onPool(openPool(database.url, 2, silent, { schema: VERSION }));
    const instances = new Instances(store, database, dir, env, db);
    for (let i = 0; i < count; i++) await instances.add();
    return instances;
  }

  get storePort(): number {
    return this.store.port;
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  /** One more, on a data directory of its own. */
  async add(env: Readonly<Record<string, string>> = {}, program?: string): Promise<ServiceUnderTest> {
    const shared = { DATABASE_URL: this.database.url, EVENTSTORE_URL: this.store.url, LOG_LEVEL: 'info' };
    const secret = { SECRET_FILE: join(this.dir, 'secret.key') };
    const added = await ServiceUnderTest.start({
      env: { ...shared, ...secret, ...this.env, ...env },
      ...(program !== undefined && { program }),
    });
    this.all.push(added);
    this.known ??= added.admin;
    return added;
  }

  /** The address of their database by way of another port of loopback. */
  databaseAt(port: number): string {
    const url = new URL(this.database.url);
    [url.hostname, url.port] = ['127.0.0.1', `${port}`];
    return url.href;
  }

  /** The time there, as text. */
  async databaseClock(): Promise<string> {
    const { rows } = await sql<{ now: string }>`select clock_timestamp()::text as "now"`.execute(this.db);
    return rows[0]?.now ?? '';
  }

  /** Whether a transaction with these words in it has been over since a time of the database's, whatever came of it. */
  async wasWritten(words: string, since: string): Promise<boolean> {
    const { rows } = await sql`select 1 from pg_stat_activity where datname = current_database() and state = 'idle'
      and pid <> pg_backend_pid() and query_start > ${since}::timestamptz
      and position(${words} in query) > 0`.execute(this.db);
    return rows.length > 0;
  }

  /** Of the only account there is; known also when the instance that made it is gone. */
  get admin(): ServiceUnderTest['admin'] {
    this.known ??= this.all[0]?.admin;
    if (!this.known) throw new Error('no instance was started');
    return this.known;
  }

  /** Resolves when nothing is left to be mailed, and that is noted. */
  async allMailed(): Promise<void> {
    await eventually('all is mailed and noted', async () => {
      const queue = new MailQueue(new PostgresNotebook(this.db, { name: 'invitation-mails', token: 0n }));
      await queue.open();
      return queue.readTo !== undefined && queue.size === 0;
    });
  }

  /** Which one says that it tells the read model, and which one does not. */
  async roles(): Promise<{ owner: ServiceUnderTest; follower: ServiceUnderTest }> {
    const owns = await Promise.all(this.all.map(isOwner));
    const [owner, follower] = [this.all[owns.indexOf(true)], this.all[owns.indexOf(false)]];
    if (!owner || !follower) throw new Error(`who tells the read model? ${String(owns)}`);
    return { owner, follower };
  }

  /** The read model as it stands, and as a service with a database of its own tells it from the first event on. */
  async dumps(): Promise<{ shared: string; alone: string }> {
    const alone = await ServiceUnderTest.start({ env: { EVENTSTORE_URL: this.store.url }, server: '' });
    await alone.stop();
    const db = openSqlite(join(alone.dataDir, 'read-model.sqlite'), 'reading') as Kysely<AnyTables>;
    try {
      return { shared: await dumpOf(this.db), alone: await dumpOf(db) };
    } finally {
      await db.destroy();
      await alone.dispose();
    }
  }

  async dispose(): Promise<void> {
    for (const each of this.all) {
      each.process.kill('SIGCONT');
      await each.dispose();
    }
    await this.db.destroy();
    await this.database.drop();
    await this.store.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Whether an instance says that it tells the read model. */
export async function isOwner(instance: ServiceUnderTest): Promise<boolean> {
  const text = await (await instance.request('/metrics', { key: '' })).text();
  return /^user_ledger_projection_owner 1$/m.test(text);
}

/** Resolves to how long it took until an instance tells the read model, in milliseconds. */
export async function ownedBy(instance: ServiceUnderTest, withinMs: number): Promise<number> {
  const began = performance.now();
  await eventually('it tells the read model', () => isOwner(instance), withinMs);
  return performance.now() - began;
}
