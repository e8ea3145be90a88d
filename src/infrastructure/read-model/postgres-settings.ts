import type { ClientConfig } from 'pg';
import { SCHEMA } from './tables.js';

const CONNECT_WITHIN_MS = 5_000;
/** No statement of ours takes this long but the making of indexes, which says so. */
export const STATEMENT_WITHIN_MS = 30_000;
/** Word of a connection that has gone without a word, such as behind a firewall that forgot it. */
const KEEP_ALIVE_AFTER_MS = 10_000;
/** A process that stands still within a transaction would keep what it has locked. */
const IDLE_IN_TRANSACTION_MS = 3_000;

export type ConnectionWishes = Readonly<{
  /** How long a statement may take, in milliseconds. */
  withinMs?: number | undefined;
  /** The schema of a version's tables, looked into before that of what all versions share. */
  schema?: string | undefined;
}>;

/**
 * How to connect to a database address. `sslmode` and `sslrootcert` mean what PostgreSQL's own programs take them for
 * (https://www.postgresql.org/docs/current/libpq-ssl.html), which the driver does only where it is asked to.
 */
export function connectionSettings(
  url: string,
  { withinMs = STATEMENT_WITHIN_MS, schema }: ConnectionWishes = {},
): ClientConfig {
  const { address, options } = withoutOptions(url);
  const path = `-c search_path=${schema === undefined ? SCHEMA : `${schema},${SCHEMA}`}`;
  return {
    connectionString: `${address}${address.includes('?') ? '&' : '?'}uselibpqcompat=true`,
    application_name: 'user-ledger',
    options: [...options, path].join(' '), // the last one counts
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    statement_timeout: withinMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  };
}

/** The driver takes options of the address in place of any others, and with ours the tables would be looked for elsewhere. */
function withoutOptions(url: string): { address: string; options: readonly string[] } {
  const [address = '', query = ''] = url.split(/\?(.*)/s);
  const parameters = query.split('&').filter(Boolean);
  const isOptions = (parameter: string): boolean => new URLSearchParams(parameter).has('options');
  const others = parameters.filter((parameter) => !isOptions(parameter));
  const options = new URLSearchParams(query).getAll('options').filter(Boolean);
  return { address: others.length > 0 ? `${address}?${others.join('&')}` : address, options };
}
