import type { ConsumerGroup } from '../event-sourcing/consumer-groups.js';
import { table } from './table.js';

/** For scripts: numbers of 64 bits are text, and what is not known is null. */
export function toJson(value: object): string {
  const plain = (_: string, each: unknown): unknown =>
    typeof each === 'bigint' ? each.toString() : each === undefined ? null : each;
  return `${JSON.stringify(value, plain)}\n`;
}

const orDash = (value: bigint | undefined): string => value?.toString() ?? '-';

/** All groups, a line each. */
export function listed(groups: readonly ConsumerGroup[]): string {
  if (groups.length === 0) return 'There are no groups of consumers. Make one: consumers create GROUP\n';
  const head = ['STREAM', 'GROUP', 'STATUS', 'CONSUMERS', 'LAG', 'IN FLIGHT', 'RETRYING', 'PARKED', 'CHECKPOINT'];
  const rows = groups.map(({ stream, group, status, connections, lag, inFlight, retrying, parked, lastCheckpoint }) => [
    ...[stream, group, status, `${connections.length}`, orDash(lag), `${inFlight}`, `${retrying}`],
    ...[`${parked}`, orDash(lastCheckpoint)],
  ]);
  return table([head, ...rows]);
}

/** One group, with its settings and its consumers. */
export function shown(group: ConsumerGroup): string {
  const { settings, connections } = group;
  const told = table([
    ['group', group.group],
    ['stream', group.stream],
    ['status', group.status],
    ['lag', group.lag === undefined ? 'cannot be told in events' : `${group.lag} events after the checkpoint`],
    ['in flight', `${group.inFlight}`],
    ['retrying', `${group.retrying}`],
    ['parked', `${group.parked}`],
    ['last checkpoint', group.lastCheckpoint === undefined ? 'none yet' : `${group.lastCheckpoint}`],
    ['begins at', `${settings.from}`],
    ['max retries', `${settings.maxRetries}`],
    ['message time-out', `${settings.messageTimeout} ms`],
    ['strategy', settings.strategy],
    ['consumers', `${connections.length}`],
  ]);
  if (connections.length === 0) return told;
  const consumers = connections.map(({ name, inFlight, freeSlots }) => [name, `${inFlight}`, `${freeSlots}`]);
  return `${told}\n${table([['CONSUMER', 'IN FLIGHT', 'FREE SLOTS'], ...consumers])}`;
}
