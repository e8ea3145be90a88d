import {
  END,
  type EventStoreDBClient,
  persistentSubscriptionToAllSettingsFromDefaults,
  persistentSubscriptionToStreamSettingsFromDefaults,
  type PersistentSubscriptionToStreamInfo,
  type PersistentSubscriptionToAllInfo,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import type { ConsumerStrategy, GroupAddress, NewGroup } from '../../event-sourcing/consumer-groups.js';
import { byCorrelation } from './by-correlation.js';

export const ALL = '$all';
/** What a group on the whole log gets of it. */
const userStreams = streamNameFilter({ prefixes: ['user-'] });

const NAMES: Readonly<Record<ConsumerStrategy, string>> = {
  'round-robin': 'RoundRobin',
  'dispatch-to-single': 'DispatchToSingle',
  pinned: 'Pinned',
  'pinned-by-correlation': 'PinnedByCorrelation',
};

/** Our name of a strategy, or the store's where we have none. */
export const strategyOf = (name: string): string =>
  Object.entries(NAMES).find(([, theirs]) => theirs === name)?.[0] ?? name;

function clientSettings({ from, maxRetries, messageTimeout, strategy }: NewGroup) {
  return {
    startFrom: from === 'start' ? START : END,
    maxRetryCount: maxRetries,
    messageTimeout,
    consumerStrategyName: NAMES[strategy === 'pinned-by-correlation' ? 'pinned' : strategy],
    resolveLinkTos: true,
    // The client's 10 would leave the checkpoint of a quiet stream up to nine events behind for good.
    checkPointLowerBound: 1,
  } as const;
}

export function createGroup(client: EventStoreDBClient, { stream, group }: GroupAddress, wanted: NewGroup) {
  const settings = clientSettings(wanted);
  const maker = wanted.strategy === 'pinned-by-correlation' ? byCorrelation(client) : client;
  if (stream !== ALL)
    return maker.createPersistentSubscriptionToStream(
      stream,
      group,
      persistentSubscriptionToStreamSettingsFromDefaults(settings),
    );
  const toAll = persistentSubscriptionToAllSettingsFromDefaults(settings);
  return maker.createPersistentSubscriptionToAll(group, toAll, { filter: userStreams });
}

export function groupInfo(
  client: EventStoreDBClient,
  { stream, group }: GroupAddress,
): Promise<PersistentSubscriptionToStreamInfo | PersistentSubscriptionToAllInfo> {
  return stream === ALL
    ? client.getPersistentSubscriptionToAllInfo(group)
    : client.getPersistentSubscriptionToStreamInfo(stream, group);
}

export function replayParked(client: EventStoreDBClient, { stream, group }: GroupAddress, stopAt?: number) {
  const options = stopAt === undefined ? {} : { stopAt };
  return stream === ALL
    ? client.replayParkedMessagesToAll(group, options)
    : client.replayParkedMessagesToStream(stream, group, options);
}

export function deleteGroup(client: EventStoreDBClient, { stream, group }: GroupAddress) {
  return stream === ALL
    ? client.deletePersistentSubscriptionToAll(group)
    : client.deletePersistentSubscriptionToStream(stream, group);
}
