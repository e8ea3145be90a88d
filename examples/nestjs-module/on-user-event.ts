import { SetMetadata } from '@nestjs/common';
import type { Meta, UserEvent } from 'user-ledger/events';

/** A user event as the store gives it: of one type, or of several. */
export type Stored<T extends UserEvent['type'] = UserEvent['type']> = Extract<UserEvent, { type: T }> &
  Readonly<{ id: string; stream: string; revision: bigint; meta: Meta }>;

/** What {@link OnUserEvent} leaves on a method. */
export const ON_USER_EVENT = 'user-ledger:on-user-event';

type Handler<T extends UserEvent['type']> = (event: Stored<T>) => void | Promise<void>;

/**
 * Marks a method of a provider as the handler of these types of events. It is called once an event is there, and again
 * with the same `id` should its outcome be lost:
 * - resolved: the event is acknowledged;
 * - rejected with {@link Park}: it is put aside, until somebody replays what is parked;
 * - rejected otherwise: it is tried again, as often as the group was made to.
 */
export const OnUserEvent =
  <T extends UserEvent['type']>(...types: readonly T[]) =>
  <H extends Handler<T>>(target: object, method: string, descriptor: TypedPropertyDescriptor<H>): void => {
    SetMetadata(ON_USER_EVENT, types)(target, method, descriptor);
  };

/** This event will fail however often it is tried. */
export class Park extends Error {}
