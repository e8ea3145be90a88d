import type { FieldKind } from '../../event-sourcing/catalogue.js';

/** What JSON Schema says of one field. Only words that draft 2020-12, draft-07 and AsyncAPI read alike. */
export type FieldSchema = Readonly<{
  type?: string | readonly string[];
  description?: string;
  format?: string;
  pattern?: string;
  const?: string;
  items?: Readonly<{ type: string }>;
  'x-personal-data'?: true;
  $ref?: string;
  $id?: string;
  properties?: Readonly<Record<string, FieldSchema>>;
  required?: readonly string[];
  additionalProperties?: true;
}>;

/** What JSON Schema says of an object that may gain fields. */
export type ObjectSchema = FieldSchema &
  Readonly<{
    title?: string;
    type: 'object';
    properties: Readonly<Record<string, FieldSchema>>;
    required: readonly string[];
    additionalProperties: true;
  }>;

/** A schema as a document of its own. */
export type SchemaDocument = ObjectSchema &
  Readonly<{ $schema: typeof DRAFT; $id: string; title: string; description: string }>;

export const DRAFT = 'https://json-schema.org/draft/2020-12/schema';
export const MAY_GAIN_FIELDS = 'Fields may be added: ignore those you do not know.';

const ofKind: Readonly<Record<FieldKind, FieldSchema>> = {
  string: { type: 'string' },
  'string?': { type: ['string', 'null'] },
  strings: { type: 'array', items: { type: 'string' } },
  boolean: { type: 'boolean' },
  integer: { type: 'integer' },
  time: { type: 'string', format: 'date-time' },
  'time?': { type: ['string', 'null'], format: 'date-time' },
};

/** The schemas of fields by their kinds, with what is personal data marked as such. */
export const fieldSchemas = (
  fields: Readonly<Record<string, FieldKind>>,
  personal: readonly PropertyKey[],
): Readonly<Record<string, FieldSchema>> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, kind]) => [
      name,
      { ...ofKind[kind], ...(personal.includes(name) && { 'x-personal-data': true as const }) },
    ]),
  );
