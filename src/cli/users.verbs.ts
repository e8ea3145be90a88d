import { oneOf, parse, wholeNumber, WrongUsage } from './command-line.js';
import { clientOf } from './service-client.js';
import { listed, shown, type TheUser } from './users.output.js';
import { usages, type Verb } from './users.usage.js';

// Each resolves to what is to be printed.

const access = { url: { type: 'string' }, key: { type: 'string' } } as const;
const PAGE = 100;

export async function listCommand(args: readonly string[]): Promise<string> {
  const options = { email: { type: 'string' }, status: { type: 'string' }, limit: { type: 'string' } } as const;
  const { values, positionals } = parse(args, { ...access, ...options });
  if (values.help) return usages.list;
  if (positionals.length > 0) throw new WrongUsage('list takes no id of a user; get does');
  const most = values.limit === undefined ? PAGE : wholeNumber('limit', values.limit, 1);
  const filters = new URLSearchParams();
  if (values.email !== undefined) filters.set('email', values.email);
  if (values.status !== undefined)
    filters.set('status', oneOf('status', values.status, ['active', 'invited', 'expired']));
  const users: TheUser[] = [];
  const service = clientOf(values);
  for (let more = true; more && users.length < most; more = filters.has('cursor')) {
    filters.set('limit', `${Math.min(PAGE, most - users.length)}`);
    const page = (await service.ask('GET', `/v2/users?${filters.toString()}`)) as {
      users: TheUser[];
      pagination: { next_cursor?: string };
    };
    users.push(...page.users);
    filters.delete('cursor');
    if (page.pagination.next_cursor !== undefined) filters.set('cursor', page.pagination.next_cursor);
  }
  return values.json ? toJson(users) : listed(users, filters.has('cursor'));
}

export async function getCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args, access);
  if (values.help) return usages.get;
  const path = pathOf('get', positionals);
  return told(await clientOf(values).ask('GET', path), values.json);
}

export async function inviteCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args, {
    ...{ ...access, name: { type: 'string' }, developer: { type: 'string' } },
    ...{ role: { type: 'string', default: 'member' }, 'at-once': { type: 'boolean', default: false } },
  } as const);
  if (values.help) return usages.invite;
  const email = oneArgument('invite', 'an e-mail', positionals);
  if (values.name === undefined) throw new WrongUsage('invite wants --name');
  const body = {
    ...{ name: values.name, email, invite_mode: values['at-once'] ? 'none' : 'email_link' },
    role: { type: 'predefined', name: oneOf('role', values.role, ['admin', 'member', 'annotator']) },
    ...developerOf(values),
  };
  return told(await clientOf(values).ask('POST', '/v2/users', body), values.json);
}

export async function updateCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args, { ...access, name: { type: 'string' }, developer: { type: 'string' } });
  if (values.help) return usages.update;
  const path = pathOf('update', positionals);
  const body = { ...(values.name !== undefined && { name: values.name }), ...developerOf(values) };
  if (Object.keys(body).length === 0) throw new WrongUsage('update wants --name, --developer, or both');
  return told(await clientOf(values).ask('PATCH', path, body), values.json);
}

export async function removeCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args, access);
  if (values.help) return usages.remove;
  const path = pathOf('remove', positionals);
  await clientOf(values).ask('DELETE', path);
  const [id = ''] = positionals;
  return values.json ? toJson({ id, removed: true }) : `Removed ${id}.\n`;
}

const toJson = (value: unknown): string => `${JSON.stringify(value)}\n`;
const told = (user: unknown, json: boolean): string => (json ? toJson(user) : shown(user as TheUser));

const developerOf = ({ developer }: { developer?: string | undefined }): { is_developer?: boolean } =>
  developer === undefined ? {} : { is_developer: oneOf('developer', developer, ['true', 'false']) === 'true' };

const pathOf = (verb: Verb, positionals: readonly string[]): string =>
  `/v2/users/${encodeURIComponent(oneArgument(verb, 'the id of a user', positionals))}`;

function oneArgument(verb: Verb, what: string, [first, ...more]: readonly string[]): string {
  if (first === undefined || first === '') throw new WrongUsage(`${verb} wants ${what}`);
  if (more.length > 0) throw new WrongUsage(`${verb} takes one at a time`);
  return first;
}
