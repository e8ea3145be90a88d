import { setTimeout as pause } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import type {
  PersistentSubscriptionToStream,
  PersistentSubscriptionToStreamResolvedEvent,
} from '@eventstore/db-client';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Meta, UserEvent } from 'user-ledger/events';
import { Park, type Stored } from './on-user-event.js';
import { UserEventHandlers } from './user-event-handlers.js';

export type UserEventsOptions = Readonly<{ url: string; group: string; stream?: string }>;
export const OPTIONS = Symbol('user events options');

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;
const jittered = (failures: number): number =>
  Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);

/** Takes from the group while the application runs, one event at a time. */
@Injectable()
export class UserEventsSubscriber implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('UserEvents');
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(OPTIONS) private readonly options: UserEventsOptions,
    private readonly handlers: UserEventHandlers,
  ) {}

  onApplicationBootstrap(): void {
    this.handlers.find();
    this.running = this.run();
  }

  /** Resolves once the event under way is answered. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const client = EventStoreDBClient.connectionString(this.options.url);
    const { signal } = this.stopping;
    // Whatever ends a subscription but a stop of ours is a drop, an end without an error too.
    for (let failures = 0; !signal.aborted; failures++) {
      if ((await this.untilDropped(client)) > 0) failures = 0;
      await pause(jittered(failures), undefined, { signal }).catch(() => undefined);
    }
    await client.dispose();
  }

  private async untilDropped(client: EventStoreDBClient): Promise<number> {
    const { group, stream = '$ce-user' } = this.options;
    const { signal } = this.stopping;
    const subscription = client.subscribeToPersistentSubscriptionToStream(stream, group, { bufferSize: 1 });
    // One that comes after the loop must have a listener too, or it ends the process.
    subscription.on('error', () => undefined);
    const stop = (): void => void subscription.push(null);
    signal.addEventListener('abort', stop);
    let taken = 0;
    try {
      for await (const message of subscription) {
        taken++;
        await this.answer(subscription, message);
        if (signal.aborted) break;
      }
      if (!signal.aborted) this.logger.warn('the server ended the subscription');
    } catch (error) {
      this.logger.warn(`the subscription was dropped: ${textOf(error)}`);
    } finally {
      signal.removeEventListener('abort', stop);
      // Leaving the loop destroys the stream, and not the call that feeds it.
      subscription.unsubscribe().catch(() => undefined);
    }
    return taken;
  }

  private async answer(
    subscription: PersistentSubscriptionToStream,
    message: PersistentSubscriptionToStreamResolvedEvent,
  ): Promise<void> {
    try {
      // A link without an event leads to one that was deleted: there is nothing to handle.
      if (message.event) await this.handlers.handle(stored(message.event));
      await subscription.ack(message);
    } catch (error) {
      this.logger.error(`${message.event?.type ?? 'a link'} ${message.event?.id ?? ''}: ${textOf(error)}`);
      if (error instanceof Park) return subscription.nack('park', textOf(error), message);
      // It would come again at once: the pause is ours to make, and shorter than the group's message time-out.
      await pause(jittered(message.retryCount), undefined, { signal: this.stopping.signal }).catch(() => undefined);
      await subscription.nack('retry', textOf(error), message);
    }
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** @throws Park for what is no JSON object: it comes as text or bytes, and ever will. */
function stored(event: NonNullable<PersistentSubscriptionToStreamResolvedEvent['event']>): Stored {
  const { id, type, data, metadata, streamId, revision } = event;
  if (!event.isJson || typeof data !== 'object') throw new Park('it cannot be read');
  const fact = { type, data } as unknown as UserEvent;
  return { ...fact, id, stream: streamId, revision, meta: metadata as unknown as Meta };
}
