// Jest's global set-up: one PostgreSQL for all specs, where there is one on this machine and none is named.
import { hasPostgres, startPostgres } from './postgres-server.mjs';

export default async function setUp() {
  if (process.env.TEST_POSTGRES_URL || process.env.TEST_DATABASE_URL || !hasPostgres()) return;
  const server = await startPostgres();
  process.env.TEST_POSTGRES_URL = server.url;
  globalThis.postgresOfTests = server;
}
