import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import type { CreateReq, UpdateReq } from '@eventstore/db-client/generated/persistent_pb.js';
import { badRequest } from '../errors.js';
import { STRATEGIES } from './group-config.js';
import type { GroupSettings, StrategyName } from './group-config.js';
import { failed } from './group-errors.js';
import type { GroupName } from './group-errors.js';

type Settings = CreateReq.Settings | UpdateReq.Settings;

const TICKS_PER_MILLISECOND = 10_000;
const { DISPATCHTOSINGLE, ROUNDROBIN, PINNED } = persistent.CreateReq.ConsumerStrategy;
const NUMBERED: Readonly<Record<number, StrategyName>> = {
  [DISPATCHTOSINGLE]: 'DispatchToSingle',
  [ROUNDROBIN]: 'RoundRobin',
  [PINNED]: 'Pinned',
};

/** Reads the settings of a group, or says which of them will not do. */
export function settingsIn(options: { getSettings(): Settings | undefined }, name: GroupName): GroupSettings {
  const settings = options.getSettings();
  if (!settings) throw badRequest('a group needs settings');
  const strategy = strategyIn(settings);
  if (!strategy) throw failed(name, 'the consumer strategy is not known');
  const [readBatchSize, historyBufferSize] = [settings.getReadBatchSize(), settings.getHistoryBufferSize()];
  if (readBatchSize >= historyBufferSize) throw failed(name, 'the read batch size must be less than the buffer size');
  return {
    resolveLinks: settings.getResolveLinks(),
    extraStatistics: settings.getExtraStatistics(),
    messageTimeout: settings.hasMessageTimeoutTicks()
      ? milliseconds(settings.getMessageTimeoutTicks())
      : settings.getMessageTimeoutMs(),
    maxRetryCount: settings.getMaxRetryCount(),
    checkpointAfter: settings.hasCheckpointAfterTicks()
      ? milliseconds(settings.getCheckpointAfterTicks())
      : settings.getCheckpointAfterMs(),
    minCheckpointCount: settings.getMinCheckpointCount(),
    maxCheckpointCount: settings.getMaxCheckpointCount(),
    maxSubscriberCount: settings.getMaxSubscriberCount(),
    liveBufferSize: settings.getLiveBufferSize(),
    readBatchSize,
    historyBufferSize,
    strategy,
  };
}

/** A strategy named in words comes before one by number. */
function strategyIn(settings: Settings): StrategyName | undefined {
  const text = 'getConsumerStrategy' in settings ? settings.getConsumerStrategy() : '';
  return text === '' ? NUMBERED[settings.getNamedConsumerStrategy()] : STRATEGIES.find((name) => name === text);
}

const milliseconds = (ticks: string): number => Math.floor(Number(ticks) / TICKS_PER_MILLISECOND);
