import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import type { Log } from './event-sourcing/log.js';
import { tablesOf } from './event-sourcing/projection.js';
import type { Checkpoint } from './event-sourcing/read-model.js';
import { databaseReady } from './infrastructure/read-model/postgres-ready.js';
import { dropVersion, type Version, VersionKept, versionsIn } from './infrastructure/read-model/postgres-versions.js';
import { onPool, openPool } from './infrastructure/read-model/postgres.js';
import type { AnyTables } from './infrastructure/read-model/sql-read-model.js';
import { openSqlite } from './infrastructure/read-model/sqlite.js';
import { checkpointOf, checkpoints, shapeOf } from './infrastructure/read-model/tables.js';
import { VERSION } from './postgres-read-model.js';
import type { Settings } from './settings.js';
import { readModel } from './users/users.module.js';

const ANSWER_WITHIN_MS = 5_000;
const TABLES = tablesOf(readModel);

/** A projection as the database has it; without rows where it was never told. */
type ProjectionState = Readonly<{ name: string; rows: number | null; newest: string | null }>;
/**
 * `position`: how far all of them have been told, in the shape of this version; null where they are to be told anew.
 * `others`: what versions of another shape have told in the same database; a file has none.
 */
export type ProjectionsState = Readonly<{
  position: string | null;
  projections: readonly ProjectionState[];
  others: readonly Version[];
}>;

/** How the projections stand, whether the service runs or not. @throws DatabaseUnavailable */
export async function listProjections(settings: Settings, log: Log): Promise<ProjectionsState> {
  const db = await open(settings, log);
  try {
    const known = db ? await namesOf(db) : new Set<string>();
    const projections: ProjectionState[] = [];
    for (const { name } of TABLES) projections.push(await stateOf(known.has(name) ? db : undefined, name));
    const checkpoint = db && (await checkpointIn(db, known));
    const position = checkpoint?.position.toString() ?? null;
    const versions = db && settings.databaseUrl !== undefined ? await versionsIn(db) : [];
    return { position, projections, others: versions.filter(({ schema }) => schema !== VERSION) };
  } finally {
    await db?.destroy();
  }
}

/** How far the read model has been told in this shape, and of which events; undefined before any. @throws DatabaseUnavailable */
export async function toldUpTo(settings: Settings, log: Log): Promise<Checkpoint | undefined> {
  const db = await open(settings, log);
  try {
    return db && (await checkpointIn(db, await namesOf(db)));
  } finally {
    await db?.destroy();
  }
}

/** Removes what a version of another shape has told. @throws VersionKept | DatabaseUnavailable */
export async function dropProjections(settings: Settings, version: string, log: Log): Promise<void> {
  const db = settings.databaseUrl === undefined ? undefined : await open(settings, log);
  if (!db) throw new VersionKept('a file has one version of the read model, and no other to drop');
  try {
    await dropVersion(db, version, VERSION);
  } finally {
    await db.destroy();
  }
}

/** Undefined where there is nothing yet; nothing is made by looking. */
async function open({ databaseUrl, dataDir }: Settings, log: Log): Promise<Kysely<AnyTables> | undefined> {
  const file = join(dataDir, 'read-model.sqlite');
  if (databaseUrl === undefined)
    return existsSync(file) ? (openSqlite(file, 'reading') as Kysely<AnyTables>) : undefined;
  const db = onPool(openPool(databaseUrl, 1, log, { schema: VERSION }));
  await databaseReady(db, ANSWER_WITHIN_MS, log);
  return db;
}

async function namesOf(db: Kysely<AnyTables>): Promise<Set<string>> {
  const tables = await db.introspection.getTables();
  return new Set(tables.filter(({ schema = VERSION }) => schema === VERSION).map(({ name }) => name));
}

async function checkpointIn(db: Kysely<AnyTables>, known: ReadonlySet<string>): Promise<Checkpoint | undefined> {
  if (!known.has(checkpoints.name)) return undefined;
  const [row] = await db.selectFrom(checkpoints.name).selectAll().where('key', '=', shapeOf(TABLES)).execute();
  return row && checkpointOf(row);
}

async function stateOf(db: Kysely<AnyTables> | undefined, name: string): Promise<ProjectionState> {
  if (!db) return { name, rows: null, newest: null };
  const { rows } = await sql<{ rows: number; newest: number | null }>`select count(*) as "rows",
    max("position") as "newest" from ${sql.id(name)}`.execute(db);
  return { name, rows: rows[0]?.rows ?? 0, newest: rows[0]?.newest?.toString() ?? null };
}
