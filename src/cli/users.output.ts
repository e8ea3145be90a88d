import { table } from './table.js';

/** A user as the service tells of one. */
export type TheUser = Readonly<{
  id: string;
  name: string;
  email: string;
  created_at: string;
  status: string;
  role: Readonly<{ name?: string; id?: string }>;
  is_developer: boolean;
}>;

const roleOf = ({ role }: TheUser): string => role.name ?? role.id ?? '-';
const yesOrNo = (is: boolean): string => (is ? 'yes' : 'no');

/** Users, a line each. */
export function listed(users: readonly TheUser[], more: boolean): string {
  if (users.length === 0) return 'There are no such users.\n';
  const rows = users.map((user) => [
    ...[user.id, user.name, user.email, user.status, roleOf(user), yesOrNo(user.is_developer)],
  ]);
  const told = table([['ID', 'NAME', 'E-MAIL', 'STATUS', 'ROLE', 'DEVELOPER'], ...rows]);
  return more ? `${told}There are more; --limit shows them.\n` : told;
}

/** One user. */
export const shown = (user: TheUser): string =>
  table([
    ['id', user.id],
    ['name', user.name],
    ['e-mail', user.email],
    ['status', user.status],
    ['role', roleOf(user)],
    ['developer', yesOrNo(user.is_developer)],
    ['created', user.created_at],
  ]);
