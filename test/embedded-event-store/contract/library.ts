import type * as db from '@eventstore/db-client';

/** What a client library gives, in the words of the older one; both have it. */
export type Library = Pick<
  typeof db,
  | 'jsonEvent'
  | 'binaryEvent'
  | 'eventTypeFilter'
  | 'streamNameFilter'
  | 'excludeSystemEvents'
  | 'persistentSubscriptionToAllSettingsFromDefaults'
  | 'persistentSubscriptionToStreamSettingsFromDefaults'
> & {
  readonly connect: (url: string) => Client;
  /** The older library can filter subscriptions only. */
  readonly filtersReads: boolean;
  /** The newer one reads from the start forwards and from the end backwards, whatever direction it is given. */
  readonly turnsAtTheEdges: boolean;
  /** The newer one cannot say that the stream it closes is to exist. */
  readonly closesOnlyWhatExists: boolean;
};

export type Client = db.EventStoreDBClient;
export type ReadAllOptions = db.ReadAllOptions;
