import { consumerStrategies, type GroupAddress } from '../event-sourcing/consumer-groups.js';
import { oneOf, parse, wholeNumber, WrongUsage } from './command-line.js';
import { listed, shown, toJson } from './consumers.output.js';
import { usages, type Verb } from './consumers.usage.js';
import { withEventStore } from './with-event-store.js';

// Each resolves to what is to be printed.

const onStream = { stream: { type: 'string', default: '$ce-user' } } as const;

export async function createCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args, {
    ...onStream,
    from: { type: 'string', default: 'start' },
    'max-retries': { type: 'string', default: '10' },
    'message-timeout': { type: 'string', default: '30000' },
    strategy: { type: 'string', default: 'round-robin' },
  });
  if (values.help) return usages.create;
  const address = addressOf('create', positionals, values.stream);
  const settings = {
    from: oneOf('from', values.from, ['start', 'end']),
    maxRetries: wholeNumber('max-retries', values['max-retries']),
    messageTimeout: wholeNumber('message-timeout', values['message-timeout'], 1),
    strategy: oneOf('strategy', values.strategy, consumerStrategies),
  };
  await withEventStore(({ consumerGroups: groups }) => groups.create(address, settings));
  return values.json ? toJson({ ...address, settings }) : `Made ${nameOf(address)}.\n`;
}

export async function listCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args, {});
  if (values.help) return usages.list;
  if (positionals.length > 0) throw new WrongUsage('list takes no name of a group; info does');
  const all = await withEventStore(({ consumerGroups: groups }) => groups.list());
  return values.json ? toJson(all) : listed(all);
}

export async function infoCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args, onStream);
  if (values.help) return usages.info;
  const address = addressOf('info', positionals, values.stream);
  const group = await withEventStore(({ consumerGroups: groups }) => groups.info(address));
  return values.json ? toJson(group) : shown(group);
}

export async function replayParkedCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args, { ...onStream, 'stop-at': { type: 'string' } });
  if (values.help) return usages['replay-parked'];
  const address = addressOf('replay-parked', positionals, values.stream);
  const stopAt = values['stop-at'] === undefined ? undefined : wholeNumber('stop-at', values['stop-at'], 1);
  const { parked } = await withEventStore(async ({ consumerGroups: groups }) => {
    const before = await groups.info(address);
    await groups.replayParked(address, stopAt);
    return before;
  });
  if (values.json) return toJson({ ...address, parked, ...(stopAt !== undefined && { stopAt }) });
  const which = stopAt === undefined ? '' : `, those before number ${stopAt}`;
  return `Replaying the parked events of ${nameOf(address)}: ${parked} were parked${which}.\n`;
}

export async function deleteCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args, onStream);
  if (values.help) return usages.delete;
  const address = addressOf('delete', positionals, values.stream);
  await withEventStore(({ consumerGroups: groups }) => groups.delete(address));
  return values.json ? toJson(address) : `Ended ${nameOf(address)}.\n`;
}

function addressOf(verb: Verb, [group, ...more]: readonly string[], stream: string): GroupAddress {
  if (group === undefined || group === '') throw new WrongUsage(`${verb} wants the name of a group`);
  if (more.length > 0) throw new WrongUsage(`${verb} takes one group at a time`);
  // A shell that was not told otherwise makes nothing of `$ce-user`, or `-user`.
  if (!/^(\$all|\$ce-user|user-.+)$/.test(stream))
    throw new WrongUsage("--stream must be '$ce-user', '$all' or user-<ULID>; mind the quotes");
  return { stream, group };
}

const nameOf = ({ stream, group }: GroupAddress): string => `group ${group} on ${stream}`;
