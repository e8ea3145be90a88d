import type { InitialAdmin } from './initial-admin.js';

/** Says where the service is; on the first start also how to make a first update. A key is shown once. */
export function announce(
  baseUrl: string,
  { file, created, known }: Readonly<{ file: string; created?: InitialAdmin; known: boolean }>,
): void {
  const lines = [`user-ledger listens on ${baseUrl}  (documentation: ${baseUrl}/docs)`];
  if (created)
    lines.push(
      '',
      'An account, an admin and an API key were made. Rename the admin:',
      '',
      `  curl -X PATCH '${baseUrl}/v2/users/${created.user_id}' \\`,
      `    -H 'Authorization: Bearer ${created.api_key}' \\`,
      `    -H 'Content-Type: application/json' -d '{"name": "Ada Lovelace"}'`,
      '',
      `All of this is kept in ${file}.`,
    );
  else if (known) lines.push(`The initial admin and their API key are in ${file}.`);
  else lines.push('The event store has accounts already; use one of their API keys.');
  process.stdout.write(`${lines.join('\n')}\n`);
}
