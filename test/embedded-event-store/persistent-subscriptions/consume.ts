import type {
  EventStoreDBClient,
  PersistentSubscriptionToAll,
  PersistentSubscriptionToStream,
  PersistentSubscriptionToStreamResolvedEvent,
} from '@eventstore/db-client';

type Subscription = PersistentSubscriptionToStream | PersistentSubscriptionToAll;

/** What a consumer was given. */
export type Given = PersistentSubscriptionToStreamResolvedEvent;

/** Takes what a group gives; answers nothing by itself. */
export function consume(subscription: Subscription) {
  const given: Given[] = [];
  const waiting = new Set<() => void>();
  subscription.on('data', (message: Given) => {
    given.push(message);
    for (const check of waiting) check();
  });
  const failed = new Promise<Error & { type?: string }>((resolve) => subscription.on('error', resolve));
  const confirmed = new Promise<void>((resolve) => subscription.once('confirmation', resolve));
  const until = (condition: (given: readonly Given[]) => boolean) =>
    new Promise<Given[]>((resolve) => {
      const check = () => {
        if (condition(given)) resolve([...given]);
      };
      waiting.add(check);
      check();
    });
  const count = (length: number) => until(({ length: heard }) => heard >= length);
  const at = async (index: number): Promise<Given> => {
    const found = (await count(index + 1))[index];
    if (!found) throw new Error(`nothing at ${index}`);
    return found;
  };
  return { subscription, given, failed, confirmed, until, count, at };
}

export const idsIn = (given: readonly Given[]): (string | undefined)[] => given.map(({ event }) => event?.id);

/** Asks again and again until the answer will do. */
export async function eventually<T>(ask: () => Promise<T>, willDo: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (willDo(answer)) return answer;
  }
}

/** What a group says of itself, once it says so. */
export const infoWhen = (
  client: EventStoreDBClient,
  stream: string,
  group: string,
  willDo: (info: Awaited<ReturnType<EventStoreDBClient['getPersistentSubscriptionToStreamInfo']>>) => boolean,
) => eventually(() => client.getPersistentSubscriptionToStreamInfo(stream, group), willDo);
