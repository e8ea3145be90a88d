import type { ApiKeyResponse, ApiKeysResponse, CreatedApiKeyResponse } from '../users/http/api-key.response.js';
import { parse, WrongUsage } from './command-line.js';
import { usages } from './keys.usage.js';
import { clientOf, type ServiceClient } from './service-client.js';
import { table } from './table.js';

// Each resolves to what is to be printed.

const MOST_ON_A_PAGE = 100;
const service = { url: { type: 'string' }, key: { type: 'string' } } as const;

export async function createCommand(args: readonly string[]): Promise<string> {
  const options = { ...service, user: { type: 'string' }, 'expires-at': { type: 'string' } } as const;
  const { values, positionals } = parse(args, options);
  if (values.help) return usages.create;
  const name = only(positionals, 'create wants one name, in quotes where it has spaces');
  const { user, 'expires-at': expiresAt } = values;
  const body = {
    name,
    ...(user !== undefined && { user_id: user }),
    ...(expiresAt !== undefined && { expires_at: expiresAt }),
  };
  const made = (await clientOf(values).ask('POST', '/v2/api-keys', body)) as CreatedApiKeyResponse;
  if (values.json) return `${JSON.stringify(made)}\n`;
  const rows = [
    ['key', made.key],
    ['id', made.id],
    ['name', made.name],
    ['expires', made.expires_at ?? 'never'],
  ];
  return `${table(rows)}\nKeep the key: it is shown this once.\n`;
}

export async function listCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args, service);
  if (values.help) return usages.list;
  if (positionals.length > 0) throw new WrongUsage('list takes no names');
  const keys = await all(clientOf(values));
  if (values.json) return `${JSON.stringify(keys)}\n`;
  if (keys.length === 0) return 'There are no API keys.\n';
  const rows = keys.map(
    ({ id, name, redacted_key, user_id, created_at, expires_at = 'never', last_used_at = 'never' }) => [
      ...[id, name, redacted_key, user_id, created_at, expires_at, last_used_at],
    ],
  );
  return table([['ID', 'NAME', 'KEY', 'USER', 'CREATED', 'EXPIRES', 'LAST USED'], ...rows]);
}

export async function revokeCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args, service);
  if (values.help) return usages.revoke;
  const id = only(positionals, 'revoke wants the id of one API key, as list shows it');
  await clientOf(values).ask('DELETE', `/v2/api-keys/${encodeURIComponent(id)}`);
  return values.json ? `${JSON.stringify({ id })}\n` : `Revoked ${id}.\n`;
}

/** Page by page. */
async function all(client: ServiceClient): Promise<ApiKeyResponse[]> {
  const keys: ApiKeyResponse[] = [];
  for (let cursor = ''; ;) {
    const path = `/v2/api-keys?limit=${MOST_ON_A_PAGE}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const page = (await client.ask('GET', path)) as ApiKeysResponse;
    keys.push(...page.api_keys);
    if (page.pagination.next_cursor === undefined) return keys;
    cursor = page.pagination.next_cursor;
  }
}

function only([one, ...more]: readonly string[], otherwise: string): string {
  if (one === undefined || one === '' || more.length > 0) throw new WrongUsage(otherwise);
  return one;
}
