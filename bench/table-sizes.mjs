// How many bytes the tables of a database take, indexes included, and how many rows they have.
import Database from 'better-sqlite3';
import pg from 'pg';

const SIZES = `select m.tbl_name as name, sum(s.pgsize) as bytes
  from dbstat s join sqlite_master m on m.name = s.name group by 1`;

export function sqliteTables(file) {
  const database = new Database(file, { readonly: true });
  try {
    return database
      .prepare(SIZES)
      .all()
      .map(({ name, bytes }) => ({
        name,
        bytes,
        rows: database.prepare(`select count(*) from "${name}"`).pluck().get(),
      }));
  } finally {
    database.close();
  }
}

/** Tables of the read model; the schema is dropped. */
export async function postgresTables(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      "select relname as name, pg_total_relation_size(oid) as bytes from pg_class where relnamespace = 'user_ledger'::regnamespace and relkind = 'r'",
    );
    const tables = [];
    for (const { name, bytes } of rows) {
      const count = await client.query(`select count(*) from user_ledger."${name}"`);
      tables.push({ name, bytes: Number(bytes), rows: Number(count.rows[0].count) });
    }
    await client.query('drop schema user_ledger cascade');
    return tables;
  } finally {
    await client.end();
  }
}

/** Bytes for each row of a table, with its indexes; tables bear a version. */
export function bytesPerRow(tables, name) {
  const table = tables.find((each) => each.name.replace(/[-.]\d+$/, '') === name);
  if (!table) throw new Error(`there is no table ${name}`);
  return table.bytes / table.rows;
}
