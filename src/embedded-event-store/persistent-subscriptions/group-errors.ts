import { status } from '@grpc/grpc-js';
import { CallError } from '../errors.js';
import type { GroupConfig } from './group-config.js';

/** Which group an error is about; clients are told its stream and its name. */
export type GroupName = Pick<GroupConfig, 'source' | 'group'>;

const groupError = (code: status, exception: string, text: string, { source, group }: GroupName, reason?: string) =>
  new CallError(code, text, {
    exception,
    'stream-name': source,
    'group-name': group,
    ...(reason !== undefined && { reason }),
  });

const named = ({ source, group }: GroupName): string => `Subscription group ${group} on stream ${source}`;

/** The wording is the original's: clients' tests compare it. */
export const doesNotExist = (name: GroupName): CallError =>
  groupError(status.NOT_FOUND, 'persistent-subscription-does-not-exist', `${named(name)} does not exist.`, name);

export const exists = (name: GroupName): CallError =>
  groupError(status.ALREADY_EXISTS, 'persistent-subscription-exists', `${named(name)} exists.`, name);

export const failed = (name: GroupName, reason: string): CallError =>
  groupError(status.INTERNAL, 'persistent-subscription-failed', `${named(name)} failed: ${reason}`, name, reason);

export const maximumReached = (name: GroupName): CallError =>
  groupError(
    status.FAILED_PRECONDITION,
    'maximum-subscribers-reached',
    `Maximum subscriptions reached for ${named(name)}.`,
    name,
  );

/** Ends a consumer's call for a reason that is not its own; it may connect again. */
export const dropped = (name: GroupName): CallError =>
  groupError(status.CANCELLED, 'persistent-subscription-dropped', `${named(name)} was dropped.`, name);
