import {
  AccessDeniedError,
  InvalidArgumentError,
  PersistentSubscriptionDoesNotExistError,
  PersistentSubscriptionExistsError,
  PersistentSubscriptionFailedError,
  UnsupportedError,
} from '@eventstore/db-client';
import {
  ConsumerGroupExists,
  ConsumerGroupRefused,
  NoSuchConsumerGroup,
} from '../../event-sourcing/consumer-group.errors.js';
import type { GroupAddress } from '../../event-sourcing/consumer-groups.js';

const REFUSALS = [AccessDeniedError, InvalidArgumentError, PersistentSubscriptionFailedError, UnsupportedError];

/** What the store said for certain, as an error of ours; undefined for doubt. */
export function answerIn(error: unknown, address: GroupAddress): Error | undefined {
  if (error instanceof PersistentSubscriptionExistsError) return new ConsumerGroupExists(address);
  if (error instanceof PersistentSubscriptionDoesNotExistError) return new NoSuchConsumerGroup(address);
  if (!(error instanceof Error) || !REFUSALS.some((refusal) => error instanceof refusal)) return undefined;
  const why = error instanceof AccessDeniedError ? 'these credentials may not do this' : error.message;
  return new ConsumerGroupRefused(`the event store refuses: ${why}`, { cause: error });
}
