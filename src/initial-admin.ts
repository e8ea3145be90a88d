import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandBus } from '@nestjs/cqrs';
import { ulid } from 'ulid';
import type { Context } from './event-sourcing/fact.js';
import type { Rows } from './event-sourcing/read-model.js';
import type { Projecting } from './infrastructure/projector/projecting.js';
import type { Settings } from './settings.js';
import { OpenAccountCommand } from './users/commands/open-account.handler.js';
import { formatApiKey } from './users/domain/api-key.js';
import { encodeUserId } from './users/domain/public-id.js';
import { accountView } from './users/projections/account-view.projection.js';

/** As written to `initial-admin.json`, for scripts to read. */
export type InitialAdmin = Readonly<{
  account_id: string;
  user_id: string;
  email: string;
  api_key: string;
  base_url: string;
  eventstore_url: string;
}>;

type Ids = Readonly<{ accountId: string; userId: string; apiKeyId: string; name: string }>;
/** `ids` are ours: what a start that was cut short has to go on with. */
type Stored = InitialAdmin & Readonly<{ ids?: Ids }>;

const FILE = 'initial-admin.json';
const KNOWN_WITHIN_MS = 5_000;

const system = (ids: Ids): Context => ({
  accountId: ids.accountId,
  actor: { userId: 'system', name: 'system', role: 'system', apiKeyId: null },
  rule: 'bootstrap',
  requestId: randomUUID(),
  ip: null,
  userAgent: null,
  commandId: randomUUID(),
});

/**
 * On an event store without any account: opens one, adds an admin, issues a key, and leaves all three in the data
 * directory. The file is written first, so that a start cut short is taken up where it was.
 */
export async function ensureInitialAdmin(
  settings: Settings,
  addresses: Pick<InitialAdmin, 'base_url' | 'eventstore_url'>,
  commands: CommandBus,
  rows: Rows,
  progress: Projecting,
): Promise<{ file: string; created?: InitialAdmin; known: boolean }> {
  const file = join(settings.dataDir, FILE);
  const found = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Stored) : undefined;
  if (found && !found.ids) {
    const { ids: _ids, ...admin } = found;
    write(file, { ...admin, ...addresses });
    return { file, known: true };
  }
  // Of processes that share a read model, one makes the account: the one that tells of it.
  if (!found && (!progress.owns || !(await rows.isEmpty(accountView)))) return { file, known: false };
  const stored = found ?? newAdmin(settings, addresses);
  write(file, { ...stored, ...addresses });
  const { ids = newIds(settings), ...admin } = stored;
  const account = { ...ids, accountName: 'Default', email: admin.email, apiKey: admin.api_key };
  const { position } = await commands.execute(new OpenAccountCommand(account, system(ids)));
  // The key is told to be used. A read model that does not get there is told of by health, and holds no start up.
  await progress.reached(position, KNOWN_WITHIN_MS).catch(() => undefined);
  const created = { ...admin, ...addresses };
  write(file, created);
  return { file, created, known: true };
}

const newIds = (settings: Settings): Ids => ({
  accountId: ulid(),
  userId: ulid(),
  apiKeyId: ulid(),
  name: settings.bootstrapAdminName,
});

function newAdmin(settings: Settings, addresses: Pick<InitialAdmin, 'base_url' | 'eventstore_url'>): Stored {
  const ids = newIds(settings);
  return {
    account_id: Buffer.from(`Account:${ids.accountId}`).toString('base64'),
    user_id: encodeUserId(ids.userId),
    email: settings.bootstrapAdminEmail,
    api_key: formatApiKey(randomBytes(20)),
    ...addresses,
    ids,
  };
}

/** Whole or not at all, and for the owner's eyes alone. */
function write(file: string, admin: Stored): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(admin, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}
