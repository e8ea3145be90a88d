import { asyncApi } from './asyncapi.js';
import { cloudEventSchema } from './cloud-event-schema.js';
import { publishedTypes, publishedUserTypes } from './data-schemas.js';
import { DRAFT } from './json-schema.js';
import { metadataSchema } from './metadata-schema.js';

/** The contract as files, by their paths under `docs`. */
export const publishedFiles: ReadonlyMap<string, object> = new Map<string, object>([
  ['asyncapi.json', asyncApi],
  ['schemas/Metadata.1.json', metadataSchema],
  ...publishedTypes.map(({ type, version, schema }) => [`schemas/${type}.${version}.json`, schema] as const),
  ...publishedUserTypes.map((published) => {
    const { $id } = published.schema;
    const file = `schemas/${published.type}.${published.version}.CloudEvent.json`;
    return [file, { $schema: DRAFT, $id: `${$id}:cloud-event`, ...cloudEventSchema(published, $id) }] as const;
  }),
]);

/** A published file's text, the same wherever it is written. */
export const fileText = (content: object): string => `${JSON.stringify(content, null, 2)}\n`;
