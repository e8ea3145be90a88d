import { type PersistentSubscriptionToAllInfo, type PersistentSubscriptionToStreamInfo } from '@eventstore/db-client';
import type { ConsumerGroup, GroupSettings } from '../../event-sourcing/consumer-groups.js';
import { NO_STREAM, type Revision } from '../../event-sourcing/fact.js';
import { strategyOf } from './group-requests.js';

type Info = PersistentSubscriptionToStreamInfo | PersistentSubscriptionToAllInfo;

/** A group as the store tells of it; `last` is the number of the last event in its stream, unless that is the log. */
export function consumerGroup(info: Info, last: Revision | undefined): ConsumerGroup {
  const { eventSource, groupName, status, stats, connections } = info;
  const lastCheckpoint = checkpointOf(info);
  const settings = settingsOf(info);
  return {
    stream: eventSource,
    group: groupName,
    status,
    connections: connections.map(({ connectionName, from, inFlightMessages, availableSlots }) => ({
      name: connectionName || from,
      inFlight: inFlightMessages,
      freeSlots: availableSlots,
    })),
    lag: last === undefined ? undefined : lagOf(last, lastCheckpoint, settings.from),
    inFlight: stats.totalInFlightMessages,
    retrying: stats.retryBufferCount,
    parked: stats.parkedMessageCount,
    lastCheckpoint,
    settings,
  };
}

/** A group that began at the end and has no checkpoint yet does not say where the end was. */
function lagOf(last: Revision, checkpoint: Revision | undefined, from: GroupSettings['from']): bigint | undefined {
  const before = checkpoint ?? (from === 'start' ? NO_STREAM : from === 'end' ? undefined : from - 1n);
  if (before === undefined) return undefined;
  return last > before ? last - before : 0n;
}

function checkpointOf(info: Info): bigint | undefined {
  const stats: { lastCheckpointedEventPosition?: { commit: bigint }; lastCheckpointedEventRevision?: bigint } =
    info.stats;
  return stats.lastCheckpointedEventPosition?.commit ?? stats.lastCheckpointedEventRevision;
}

function settingsOf({ settings }: Info): GroupSettings {
  const { startFrom, maxRetryCount, messageTimeout, consumerStrategyName } = settings;
  const from = typeof startFrom === 'object' ? startFrom.commit : startFrom;
  return {
    from,
    maxRetries: maxRetryCount,
    messageTimeout,
    strategy: strategyOf(consumerStrategyName),
  };
}
