import type { FilterExpression } from '../filter.js';

/** How the messages of a group are shared out among its consumers. */
export const STRATEGIES = ['DispatchToSingle', 'RoundRobin', 'Pinned', 'PinnedByCorrelation'] as const;
export type StrategyName = (typeof STRATEGIES)[number];

/** What a client may set. Durations are in milliseconds. */
export type GroupSettings = {
  readonly resolveLinks: boolean;
  readonly extraStatistics: boolean;
  readonly messageTimeout: number;
  /** So often a message is tried again before it is parked. */
  readonly maxRetryCount: number;
  /** 0 writes checkpoints for their number alone. */
  readonly checkpointAfter: number;
  readonly minCheckpointCount: number;
  readonly maxCheckpointCount: number;
  /** 0 for any number. */
  readonly maxSubscriberCount: number;
  readonly liveBufferSize: number;
  readonly readBatchSize: number;
  readonly historyBufferSize: number;
  readonly strategy: StrategyName;
};

export const ALL = '$all';
export const END = -1;

/** A group of consumers of one source, as it is stored. */
export type GroupConfig = {
  /** A stream, or `$all`. */
  readonly source: string;
  readonly group: string;
  readonly settings: GroupSettings;
  /** The first revision or position wanted, as the client said it; -1 for the end. */
  readonly startFrom: number;
  /**
   * Where that was when the group was made. To ask where the end is at each start would lose what a group was owed
   * before its first checkpoint.
   */
  readonly startAfter: number;
  readonly filter?: FilterExpression;
};

/** Names a group, to clients as well. */
export const keyOf = ({ source, group }: Pick<GroupConfig, 'source' | 'group'>): string => `${source}::${group}`;

/** A revision or a position as clients read it. */
export const placeText = (source: string, place: number): string =>
  source === ALL ? `C:${place}/P:${place}` : `${place}`;
