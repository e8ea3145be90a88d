import type Database from 'better-sqlite3';

const TABLE = `
  CREATE TABLE links (
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (stream, revision)
  ) STRICT, WITHOUT ROWID;
`;

/** The rules of the module that links each event as it is written, for all that were written before there were links. */
const BACKFILL = `
  INSERT INTO links (stream, revision, position)
  SELECT link, row_number() OVER (PARTITION BY link ORDER BY position) - 1, position FROM (
    SELECT '$ce-' || substr(stream, 1, instr(stream, '-') - 1) AS link, position FROM events
      WHERE substr(stream, 1, 1) <> '$' AND instr(stream, '-') > 1 AND type <> '$streamDeleted'
    UNION ALL
    SELECT '$et-' || type AS link, position FROM events WHERE substr(stream, 1, 1) <> '$' AND type NOT IN ('$>', '$streamDeleted')
  )
  ORDER BY link, position;
`;

/** Makes the table of links in a directory that has none; half a table is never left behind. */
export function ensureLinkTable(database: Database.Database): void {
  const exists = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'links'").get();
  if (exists) return;
  database.transaction(() => database.exec(TABLE + BACKFILL)).immediate();
}
