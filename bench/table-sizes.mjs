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

/** Tables of the read model; their schemas are dropped. */
export async function postgresTables(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select nspname as schema, relname as name, pg_total_relation_size(c.oid) as bytes
        from pg_class as c join pg_namespace as n on n.oid = relnamespace
        where nspname ~ '^user_ledger(_[0-9a-f]{12})?$' and relkind = 'r'`,
    );
    const tables = [];
    for (const { schema, name, bytes } of rows) {
      const count = await client.query(`select count(*) from ${schema}."${name}"`);
      tables.push({ name, bytes: Number(bytes), rows: Number(count.rows[0].count) });
    }
    for (const schema of new Set(rows.map((row) => row.schema))) await client.query(`drop schema ${schema} cascade`);
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
