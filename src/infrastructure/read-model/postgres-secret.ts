import { createHmac } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { created } from './created.js';
import type { AnyTables } from './sql-read-model.js';

/** Processes that share a database have different secrets. */
export class AnotherSecret extends Error {}

const PURPOSE = 'user-ledger secret 1';

/**
 * Processes that share a database must have the same secret, or what one hands out the others refuse: the first leaves a
 * mark of its own, from which the secret cannot be told, and all others are held against it.
 *
 * @throws AnotherSecret
 */
export async function agreeOnSecret(db: Kysely<AnyTables>, secret: Uint8Array): Promise<void> {
  const mark = createHmac('sha256', secret).update(PURPOSE).digest('base64url');
  await created(sql`create table if not exists "secret" ("key" text primary key, "mark" text not null)`.execute(db));
  await sql`insert into "secret" values ('mark', ${mark}) on conflict do nothing`.execute(db);
  const { rows } = await sql<{ mark: string }>`select "mark" from "secret"`.execute(db);
  if (rows[0]?.mark === mark) return;
  throw new AnotherSecret(
    'the other instances on this database use another secret: give all of them the same SECRET_FILE ' +
      '(if the former secret is lost for good, delete from user_ledger.secret)',
  );
}
