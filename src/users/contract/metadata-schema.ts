import {
  actorFields,
  metaFields,
  personalActor,
  personalMeta,
  sometimesMetaFields,
} from '../../event-sourcing/meta-fields.js';
import { DRAFT, type FieldSchema, fieldSchemas, MAY_GAIN_FIELDS, type SchemaDocument } from './json-schema.js';
import { schemaId } from './schema-id.js';

const actor: FieldSchema = {
  description: 'Who acted, as they were then.',
  type: 'object',
  properties: fieldSchemas(actorFields, personalActor),
  required: Object.keys(actorFields),
  additionalProperties: true,
};

/** The schema of every event's metadata. */
export const metadataSchema: SchemaDocument = {
  $schema: DRAFT,
  $id: schemaId('Metadata', 1),
  title: 'Metadata',
  description: `Who brought an event about, how and when. ${MAY_GAIN_FIELDS}`,
  type: 'object',
  properties: { ...fieldSchemas({ ...metaFields, ...sometimesMetaFields }, personalMeta), actor },
  required: [...Object.keys(metaFields), 'actor'],
  additionalProperties: true,
};
