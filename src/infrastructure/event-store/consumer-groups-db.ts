import type { EventStoreDBClient, PersistentSubscriptionToAllInfo } from '@eventstore/db-client';
import type { PersistentSubscriptionToStreamInfo } from '@eventstore/db-client';
import {
  type ConsumerGroup,
  ConsumerGroups,
  type GroupAddress,
  type NewGroup,
} from '../../event-sourcing/consumer-groups.js';
import { EventStoreUnavailable, OutcomeUnknown } from '../../event-sourcing/errors.js';
import { NO_STREAM, type Revision } from '../../event-sourcing/fact.js';
import { probe } from './client.js';
import { consumerGroup } from './group-info.js';
import { answerIn } from './group-outcome.js';
import { ALL, createGroup, deleteGroup, groupInfo, replayParked } from './group-requests.js';
import type { ReadConnection } from './read-connection.js';
import type { Reads } from './reads.js';
import type { Timings } from './settings.js';
import { within } from './within.js';

type Call<T> = (client: EventStoreDBClient) => Promise<T>;
const EVERY: GroupAddress = { stream: 'any', group: 'any' };

/** Persistent subscription groups, over the connection for reads. */
export class ConsumerGroupsDb extends ConsumerGroups {
  constructor(
    private readonly connection: ReadConnection,
    private readonly reads: Reads,
    private readonly timings: Timings,
  ) {
    super();
  }

  override async create(address: GroupAddress, settings: NewGroup): Promise<void> {
    await this.change(address, (client) => createGroup(client, address, settings));
  }

  override async list(): Promise<readonly ConsumerGroup[]> {
    const infos = await this.ask(EVERY, (client) => client.listAllPersistentSubscriptions());
    const lasts = new Map<string, Revision | undefined>();
    for (const { eventSource } of infos)
      if (!lasts.has(eventSource)) lasts.set(eventSource, await this.last(eventSource));
    const key = ({ stream, group }: GroupAddress): string => `${stream}\0${group}`;
    return infos
      .map((info) => consumerGroup(info, lasts.get(info.eventSource)))
      .sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }

  override async info(address: GroupAddress): Promise<ConsumerGroup> {
    const info = await this.ask<PersistentSubscriptionToStreamInfo | PersistentSubscriptionToAllInfo>(
      address,
      (client) => groupInfo(client, address),
    );
    // Asked after the group, for a checkpoint must not be ahead of what it is compared with.
    return consumerGroup(info, await this.last(address.stream));
  }

  override async replayParked(address: GroupAddress, stopAt?: number): Promise<void> {
    await this.change(address, (client) => replayParked(client, address, stopAt));
  }

  override async delete(address: GroupAddress): Promise<void> {
    await this.change(address, (client) => deleteGroup(client, address));
  }

  /** Asked of the stream itself: what a group knows of it is behind when the group is. */
  private async last(stream: string): Promise<Revision | undefined> {
    return stream === ALL ? undefined : ((await this.reads.last(stream)) ?? NO_STREAM);
  }

  private async ask<T>(address: GroupAddress, call: Call<T>): Promise<T> {
    return this.call(address, call, (cause) => new EventStoreUnavailable('the event store does not answer', { cause }));
  }

  private async change(address: GroupAddress, call: Call<void>): Promise<void> {
    const doubt = 'the event store has not said whether it was done; look at the group before asking again';
    await this.call(address, call, (cause) => new OutcomeUnknown(doubt, { cause }));
  }

  private async call<T>(address: GroupAddress, call: Call<T>, doubt: (cause: unknown) => Error): Promise<T> {
    const client = this.connection.client;
    try {
      await probe(client, this.timings.probe);
    } catch (cause) {
      // The client keeps the answer to its probe, a rejection too.
      this.connection.renew(client);
      throw new EventStoreUnavailable('the event store does not answer', { cause });
    }
    try {
      return await within(this.timings.groups, call(client), () => new Error('no answer in time'));
    } catch (error) {
      const answer = answerIn(error, address);
      if (!answer) this.connection.renew(client);
      throw answer ?? doubt(error);
    }
  }
}
