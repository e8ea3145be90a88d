/** Which group: its name, and the stream it takes from; `$all` stands for all events of users. */
export type GroupAddress = Readonly<{ stream: string; group: string }>;

/** How events are shared out among the consumers of a group. */
export const consumerStrategies = ['round-robin', 'dispatch-to-single', 'pinned', 'pinned-by-correlation'] as const;
export type ConsumerStrategy = (typeof consumerStrategies)[number];

/** What a group is made with. */
export type NewGroup = Readonly<{
  /** With the first event there is, or with the next one to come. */
  from: 'start' | 'end';
  /** How often an event is tried again before it is parked. */
  maxRetries: number;
  /** How long a consumer may take over an event, in milliseconds. */
  messageTimeout: number;
  strategy: ConsumerStrategy;
}>;

/** What a group was made with; others may have made it otherwise than we would. */
export type GroupSettings = Readonly<
  Omit<NewGroup, 'from' | 'strategy'> & { from: 'start' | 'end' | bigint; strategy: string }
>;

/** One consumer of a group. */
type GroupConnection = Readonly<{ name: string; inFlight: number; freeSlots: number }>;

/** A group of consumers that share the events of a stream, and how it stands. */
export type ConsumerGroup = GroupAddress &
  Readonly<{
    status: string;
    connections: readonly GroupConnection[];
    /**
     * Events of the stream after the last checkpoint, a little more than those yet to be handled; undefined where it
     * cannot be told in events.
     */
    lag: bigint | undefined;
    /** Given to a consumer and not yet answered. */
    inFlight: number;
    /** Waiting to be tried again. */
    retrying: number;
    /** Put aside, for a person to look at. */
    parked: bigint;
    /** A number in the stream; of `$all` a position in the log. Undefined before the first. */
    lastCheckpoint: bigint | undefined;
    settings: GroupSettings;
  }>;

/**
 * Groups of consumers that the store itself keeps. It gives each event to one consumer of a group until it is
 * acknowledged, at least once.
 *
 * All may throw EventStoreUnavailable, when nothing was done, and ConsumerGroupRefused; what changes something may also
 * throw OutcomeUnknown, when it may have been done.
 */
export abstract class ConsumerGroups {
  /** @throws ConsumerGroupExists */
  abstract create(address: GroupAddress, settings: NewGroup): Promise<void>;

  /** Every group of the store, by stream and name. */
  abstract list(): Promise<readonly ConsumerGroup[]>;

  /** @throws NoSuchConsumerGroup */
  abstract info(address: GroupAddress): Promise<ConsumerGroup>;

  /**
   * Gives parked events to the consumers again; with `stopAt` only those before that number of the stream they are
   * parked in. Resolves once the store has begun.
   *
   * @throws NoSuchConsumerGroup
   */
  abstract replayParked(address: GroupAddress, stopAt?: number): Promise<void>;

  /** Ends a group and forgets its checkpoint and its parked events. @throws NoSuchConsumerGroup */
  abstract delete(address: GroupAddress): Promise<void>;
}
