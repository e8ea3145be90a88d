// Runs the acceptance tests with the read model in PostgreSQL: the one at TEST_DATABASE_URL, or else a private one.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { hasPostgres, startPostgres } from '../support/postgres-server.mjs';

const JEST = fileURLToPath(new URL('../../node_modules/jest/bin/jest.js', import.meta.url));

if (!process.env.TEST_DATABASE_URL && !hasPostgres()) {
  console.error(
    'There is no PostgreSQL here: install it (Debian: apt-get install postgresql), or set TEST_DATABASE_URL.',
  );
  process.exit(1);
}
const server = process.env.TEST_DATABASE_URL ? undefined : await startPostgres();
const args = process.argv.slice(2);
const specs = args.length > 0 ? args : ['test/acceptance', 'test/reliability/two-services'];
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
// As `npm test` runs it, and waited for: a signal from the terminal reaches it, too.
const { status } = spawnSync(process.execPath, [...flags, JEST, ...specs], {
  stdio: 'inherit',
  env: { ...process.env, ...(server && { TEST_DATABASE_URL: server.url }) },
});
await server?.stop();
process.exit(status ?? 1);
