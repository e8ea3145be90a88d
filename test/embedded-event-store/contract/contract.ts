import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { BinaryEventData, JSONEventData } from '@eventstore/db-client';
import { stores } from '../../support/stores.js';
import { topics } from './topics.js';
import type { Client, Library } from './library.js';

/** What the cases work with; the client is there once the first of them runs. */
export type Contract = {
  readonly library: Library;
  readonly client: Client;
  /** Connects once more, with options of a connection string; the caller disposes. */
  readonly connect: (options: string) => Client;
  readonly event: (type?: string, data?: Record<string, unknown>) => JSONEventData;
  readonly events: (count: number, type?: string) => JSONEventData[];
  readonly bytes: (type: string, data: string | Buffer) => BinaryEventData;
  /** Declares a case in which the original answers otherwise, as its name says; there it is skipped. */
  readonly ours: typeof it;
};

/** Cases on one subject. Nothing is taken for granted about what else is in a log. */
export type Cases = (context: Contract) => void;

/** Runs all cases through a library, against the embedded store and, where an address is given, the original. */
export function contract(name: string, library: Library): void {
  describe.each(stores)(`${name} on %s`, (store, start) => {
    const context = contextOf(library, store === 'the embedded store');
    let running: Awaited<ReturnType<typeof start>>;
    beforeAll(async () => {
      running = await start();
      context.client = library.connect(running.url);
      context.connect = (options) => library.connect(`${running.url}&${options}`);
    });
    afterAll(async () => {
      await context.client.dispose();
      await running.stop();
    });
    describe.each(Object.entries(topics))('%s:', (_, cases) => {
      cases(context);
    });
  });
}

function contextOf(library: Library, isOurs: boolean): { -readonly [K in keyof Contract]: Contract[K] } {
  const event: Contract['event'] = (type = 'Happened', data = {}) => library.jsonEvent({ type, data });
  return {
    ...{ library, event, ours: isOurs ? it : (it.skip as typeof it) },
    client: undefined as never,
    connect: undefined as never,
    events: (count, type) => Array.from({ length: count }, (_, index) => event(type, { index })),
    bytes: (type, data) => library.binaryEvent({ type, data: Buffer.from(data as never) }),
  };
}
