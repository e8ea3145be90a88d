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

const REFUSALS = [InvalidArgumentError, PersistentSubscriptionFailedError, UnsupportedError];
/** gRPC's own ways to refuse: an argument, the credentials, what the server does not know how to do. */
const REFUSED = { argument: 3, permission: 7, unknown: 12, credentials: 16 } as const;

/** What the store said for certain, as an error of ours; undefined for doubt. */
export function answerIn(error: unknown, address: GroupAddress): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof PersistentSubscriptionExistsError) return new ConsumerGroupExists(address);
  if (error instanceof PersistentSubscriptionDoesNotExistError) return new NoSuchConsumerGroup(address);
  const code = 'code' in error ? error.code : undefined;
  if (error instanceof AccessDeniedError || code === REFUSED.permission || code === REFUSED.credentials)
    return refused('these credentials may not do this', error);
  const known = REFUSALS.some((refusal) => error instanceof refusal);
  return known || code === REFUSED.argument || code === REFUSED.unknown ? refused(error.message, error) : undefined;
}

const refused = (why: string, cause: Error): Error =>
  new ConsumerGroupRefused(`the event store refuses: ${why}`, { cause });
