import type { AllStreamSubscription, StreamSubscription } from '@eventstore/db-client';

/** What a subscription has said so far: ids of events, 'caughtUp' and errors; resolves once the condition holds. */
export function follow(subscription: StreamSubscription | AllStreamSubscription) {
  const heard: string[] = [];
  const waiting = new Set<() => void>();
  const hear = (word: string) => {
    heard.push(word);
    for (const check of waiting) check();
  };
  subscription.on('error', (error) => {
    hear(`error: ${(error as { type?: string }).type}`);
  });
  subscription.on('caughtUp', () => {
    hear('caughtUp');
  });
  subscription.on('data', ({ event, link }) => {
    hear(event?.id ?? `link ${link?.id}`);
  });
  const until = (condition: (heard: readonly string[]) => boolean) =>
    new Promise<string[]>((resolve) => {
      const check = () => {
        if (condition(heard)) resolve([...heard]);
      };
      waiting.add(check);
      check();
    });
  return {
    ...{ heard, until },
    count: (length: number) => until((words) => words.length >= length),
    caughtUp: () => until((words) => words.includes('caughtUp')),
    stop: () => subscription.unsubscribe(),
  };
}
