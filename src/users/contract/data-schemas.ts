import type { FieldKind } from '../../event-sourcing/catalogue.js';
import { eventCatalogue } from '../domain/event-catalogue.js';
import { userEvents } from '../domain/user.events.js';
import { DRAFT, fieldSchemas, MAY_GAIN_FIELDS, type SchemaDocument } from './json-schema.js';
import { schemaId } from './schema-id.js';

type Entry = Readonly<{
  says: string;
  version: number;
  fields: Readonly<Record<string, FieldKind>>;
  personal: readonly PropertyKey[];
}>;

/** An event type as published: its version of today, and the schema of its data. */
export type PublishedType = Readonly<{ type: string; version: number; says: string; schema: SchemaDocument }>;

const catalogue: Readonly<Record<string, Entry>> = eventCatalogue;

/** Every event type that the service writes. */
export const publishedTypes: readonly PublishedType[] = Object.entries(catalogue).map(
  ([type, { says, version, fields, personal }]) => ({
    type,
    version,
    says,
    schema: {
      $schema: DRAFT,
      $id: schemaId(type, version),
      title: type,
      description: `${says} ${MAY_GAIN_FIELDS}`,
      type: 'object',
      properties: fieldSchemas(fields, personal),
      required: Object.keys(fields),
      additionalProperties: true,
    },
  }),
);

/** Those that user streams hold: what consumers of users subscribe to. */
export const publishedUserTypes = publishedTypes.filter(({ type }) => type in userEvents);
