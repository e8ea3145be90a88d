import { type Kysely, sql } from 'kysely';
import { PostgresLease } from './postgres-lease.js';
import { STATEMENT_WITHIN_MS } from './postgres-settings.js';
import type { AnyTables } from './sql-read-model.js';
import { checkpoints, SCHEMA } from './tables.js';

/** A version's tables: `position` is how far they have been told, `told` whether an instance is at it now. */
export type Version = Readonly<{ schema: string; position: string | null; told: boolean }>;

/** There is no such version, or it is still needed. */
export class VersionKept extends Error {}

/** Of whoever tells the tables of a version. */
export const leaseOf = (schema: string): string => `read-model ${schema}`;

/** The versions that a database has tables of. */
export async function versionsIn(db: Kysely<AnyTables>): Promise<readonly Version[]> {
  const { rows } = await sql<{ schema: string; told: boolean }>`
    select n.nspname as "schema", exists (select from ${sql.id(SCHEMA, 'lease')} as l
      where l."name" = ${leaseOf('')} || n.nspname and l."until" > clock_timestamp()) as "told"
    from pg_namespace as n where n.nspname ~ ${`^${SCHEMA}_[0-9a-f]{12}$`}
      and to_regclass(${`${SCHEMA}.lease`}) is not null order by 1`.execute(db);
  const versions: Version[] = [];
  for (const { schema, told } of rows) versions.push({ schema, position: await positionIn(db, schema), told });
  return versions;
}

/** Longer than the dropping can take. */
const DROPPED_WITHIN_MS = 2 * STATEMENT_WITHIN_MS;

/**
 * Removes what a version has told, as the holder of its lease. The lease stays, let go of: where it began anew, whoever
 * held it long ago could be taken for its holder.
 *
 * @throws VersionKept nothing was removed
 */
export async function dropVersion(db: Kysely<AnyTables>, schema: string, current: string): Promise<void> {
  const version = (await versionsIn(db)).find((each) => each.schema === schema);
  if (!version) throw new VersionKept(`there is no version ${schema.slice(0, 64)}; projections list names them`);
  if (schema === current) throw new VersionKept(`${schema} is this version's own; projections rebuild tells it anew`);
  const lease = new PostgresLease(db, leaseOf(schema), DROPPED_WITHIN_MS);
  if ((await lease.hold('dropping')) === undefined)
    throw new VersionKept(`an instance of the service tells ${schema}: stop those of that version first`);
  try {
    await sql`drop schema ${sql.id(schema)} cascade`.execute(db);
  } finally {
    await lease.release();
  }
}

async function positionIn(db: Kysely<AnyTables>, schema: string): Promise<string | null> {
  const known = await sql`select to_regclass(${`${schema}.${checkpoints.name}`}) as "table"`.execute(db);
  if ((known.rows[0] as { table: unknown } | undefined)?.table === null) return null;
  const { rows } = await sql<{ position: number | null }>`
    select max("position") as "position" from ${sql.id(schema, checkpoints.name)}`.execute(db);
  return rows[0]?.position?.toString() ?? null;
}
