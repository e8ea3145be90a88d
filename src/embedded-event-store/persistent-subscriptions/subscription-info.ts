import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import type { SubscriptionInfo } from '@eventstore/db-client/generated/persistent_pb.js';
import type { Connection } from './connection.js';
import type { Group } from './group.js';
import { placeText } from './group-config.js';
import type { GroupConfig } from './group-config.js';
import type { RunningGroup } from './running-group.js';

/** Tells how a group is set up and what it is at. There is one user, so all its consumers are that one. */
export function infoOf({ config, group }: RunningGroup, user: string): SubscriptionInfo {
  const info = new persistent.SubscriptionInfo();
  info.setEventSource(config.source).setGroupName(config.group).setStatus(statusOf(group));
  info.setConnectionsList(group.connections.map((connection) => connectionInfo(connection, user)));
  writeSettings(info, config);
  writeCounts(info, group);
  writePlaces(info, config, group);
  return info;
}

function statusOf({ backlog, replay }: Group): string {
  return [backlog.isLive ? 'Live' : 'Behind', ...(replay.isRunning ? ['ReplayingParkedMessages'] : [])].join(', ');
}

function writeSettings(info: SubscriptionInfo, { source, startFrom, settings }: GroupConfig): void {
  info.setStartFrom(placeText(source, startFrom));
  info.setResolveLinkTos(settings.resolveLinks).setExtraStatistics(settings.extraStatistics);
  info.setMessageTimeoutMilliseconds(settings.messageTimeout).setMaxRetryCount(settings.maxRetryCount);
  info.setLiveBufferSize(settings.liveBufferSize).setBufferSize(settings.historyBufferSize);
  info.setReadBatchSize(settings.readBatchSize).setCheckPointAfterMilliseconds(settings.checkpointAfter);
  info.setMinCheckPointCount(settings.minCheckpointCount).setMaxCheckPointCount(settings.maxCheckpointCount);
  info.setNamedConsumerStrategy(settings.strategy).setMaxSubscriberCount(settings.maxSubscriberCount);
}

function writeCounts(info: SubscriptionInfo, { throughput, backlog, retries, inFlight, replay }: Group): void {
  const { total, sinceLast, perSecond } = throughput.measure();
  const waiting = backlog.waiting.length;
  info.setTotalItems(`${total}`).setCountSinceLastMeasurement(`${sinceLast}`).setAveragePerSecond(perSecond);
  info.setReadBufferCount(backlog.isLive ? 0 : waiting).setLiveBufferCount(`${backlog.isLive ? waiting : 0}`);
  info.setRetryBufferCount(retries.waiting.length).setParkedMessageCount(`${replay.parkedCount}`);
  info.setTotalInFlightMessages(inFlight.size).setOutstandingMessagesCount(inFlight.size);
}

function writePlaces(info: SubscriptionInfo, { source }: GroupConfig, { progress, backlog }: Group): void {
  const text = (place: number | undefined) => (place === undefined ? '' : placeText(source, place));
  info.setLastCheckpointedEventPosition(text(progress.checkpoint));
  info.setLastKnownEventPosition(text(backlog.lastKnown));
}

function connectionInfo(
  { consumer, inFlight, throughput, latencies }: Connection,
  user: string,
): SubscriptionInfo.ConnectionInfo {
  const info = new persistent.SubscriptionInfo.ConnectionInfo();
  const { total, sinceLast, perSecond } = throughput.measure();
  info.setUsername(user).setConnectionName(consumer.name);
  info.setTotalItems(`${total}`).setCountSinceLastMeasurement(`${sinceLast}`).setAverageItemsPerSecond(perSecond);
  info.setInFlightMessages(inFlight).setAvailableSlots(Math.max(consumer.slots - inFlight, 0));
  const measurements = latencies.summary().map(([key, value]) => {
    return new persistent.SubscriptionInfo.Measurement().setKey(key).setValue(`${value}`);
  });
  return info.setObservedMeasurementsList(measurements);
}
