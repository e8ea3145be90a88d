import * as kurrent from '@kurrent/kurrentdb-client';
import type { AppendToStreamOptions, KurrentDBClient } from '@kurrent/kurrentdb-client';
import type { AppendToStreamOptions as OlderOptions } from '@eventstore/db-client';
import { contract } from './contract.js';
import type { Client, Library } from './library.js';

/**
 * This library reads through a native addon with a connection of its own. It is alone in its file, because generated
 * messages of both libraries register under the same global names and would overwrite each other.
 */
contract('@kurrent/kurrentdb-client', {
  ...(kurrent as unknown as Library),
  connect: (url) => inOlderWords(kurrent.KurrentDBClient.connectionString(url.replace('esdb:', 'kurrentdb:'))),
  filtersReads: true,
  turnsAtTheEdges: true,
  closesOnlyWhatExists: false,
});

/** Has another name for what an append expects, and for what a conflict tells of it. */
function inOlderWords(client: KurrentDBClient): Client {
  const [append, remove, close] = (['appendToStream', 'deleteStream', 'tombstoneStream'] as const).map((name) =>
    (client[name] as (...given: unknown[]) => Promise<unknown>).bind(client),
  );
  return Object.assign(
    client as unknown as Client,
    {
      appendToStream: (stream: string, events: unknown, { expectedRevision, ...options }: OlderOptions = {}) => {
        const renamed: AppendToStreamOptions = expectedRevision === undefined ? {} : { streamState: expectedRevision };
        return tellingVersions(append?.(stream, events, { ...options, ...renamed }));
      },
      deleteStream: (...given: unknown[]) => tellingVersions(remove?.(...given)),
      tombstoneStream: (...given: unknown[]) => tellingVersions(close?.(...given)),
    } as object,
  );
}

async function tellingVersions(answer: Promise<unknown> | undefined): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    const { expectedState, actualState } = error as Record<string, unknown>;
    if (expectedState === undefined) throw error;
    throw Object.assign(error as Error, { expectedVersion: expectedState, actualVersion: actualState });
  }
}
