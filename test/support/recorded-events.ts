import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Recorded } from '../../src/event-sourcing/fact.js';
import { Codec } from '../../src/infrastructure/event-store/codec.js';
import { eventCatalogue, upcasters } from '../../src/users/domain/event-catalogue.js';

const DIRECTORY = fileURLToPath(new URL('../recorded-events', import.meta.url));
const codec = new Codec(eventCatalogue, upcasters);

/** An event of some version as it was stored once. */
export type RecordedExample = {
  stream: string;
  type: string;
  data: Record<string, unknown>;
  metadata: Record<string, unknown> & { schemaVersion: number };
};

/** One file per event type and version. */
export const recordedFiles: readonly string[] = readdirSync(DIRECTORY);

export const recordedExample = (file: string): RecordedExample =>
  JSON.parse(readFileSync(join(DIRECTORY, file), 'utf8')) as RecordedExample;

/** The example as today's fact. */
export const decodeExample = ({ stream, type, data, metadata }: RecordedExample): Recorded =>
  codec.decode({
    streamId: stream,
    id: '0c6f0d5e-7c1b-5d54-8b57-0b6f3f6b9d10',
    revision: 0n,
    type,
    data,
    metadata,
    position: { commit: 1n },
  });
