import { startEmbeddedEventStore } from './embedded-event-store.js';

type Running = Readonly<{ url: string; stop: () => Promise<unknown> }>;

const real = process.env.TEST_EVENTSTORE_URL;

/** Every store that an adapter has to get on with: the embedded one, and EventStoreDB where an address is given. */
export const stores: readonly [string, () => Promise<Running>][] = [
  ['the embedded store', startEmbeddedEventStore],
  ...(real
    ? [
        [
          'EventStoreDB',
          () => Promise.resolve({ url: real, stop: () => Promise.resolve() }),
        ] satisfies (typeof stores)[0],
      ]
    : []),
];
