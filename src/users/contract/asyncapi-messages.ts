import { cloudEventSchema } from './cloud-event-schema.js';
import { publishedUserTypes, type PublishedType } from './data-schemas.js';
import type { FieldSchema } from './json-schema.js';
import { metadataSchema } from './metadata-schema.js';

type Reference = Readonly<{ $ref: string }>;
type Message = Readonly<{
  name: string;
  title: string;
  summary: string;
  contentType: string;
  headers?: Reference;
  payload: Reference;
  correlationId?: Readonly<{ location: string }>;
}>;

const nativeKey = ({ type, version }: PublishedType): string => `${type}.${version}`;
const feedKey = (published: PublishedType): string => `${nativeKey(published)}.CloudEvent`;
const schemaAt = (key: string): Reference => ({ $ref: `#/components/schemas/${key}` });

/** As a native subscription brings it: data, and metadata beside it. */
const nativeMessage = (published: PublishedType): Message => ({
  name: published.type,
  title: nativeKey(published),
  summary: published.says,
  contentType: 'application/json',
  headers: schemaAt('Metadata'),
  payload: schemaAt(nativeKey(published)),
  correlationId: { location: '$message.header#/$correlationId' },
});

/** As the HTTP feed brings it: one document with everything in it. */
const feedMessage = (published: PublishedType): Message => ({
  name: published.type,
  title: `${nativeKey(published)} as a CloudEvent`,
  summary: published.says,
  contentType: 'application/cloudevents+json',
  payload: schemaAt(feedKey(published)),
});

// AsyncAPI reads schemas without a dialect of their own; a `$schema` it does not know stops its tools.
const undialected = ({ $schema: _dialect, ...schema }: FieldSchema & { $schema?: string }): FieldSchema => schema;

const referTo = (keyOf: (published: PublishedType) => string): Readonly<Record<string, Reference>> =>
  Object.fromEntries(publishedUserTypes.map((each) => [keyOf(each), { $ref: `#/components/messages/${keyOf(each)}` }]));

/** What each way in carries, by reference. */
export const nativeMessages = referTo(nativeKey);
export const feedMessages = referTo(feedKey);

/** Every message, of either way in. */
export const messages: Readonly<Record<string, Message>> = Object.fromEntries(
  publishedUserTypes.flatMap((each) => [
    [nativeKey(each), nativeMessage(each)],
    [feedKey(each), feedMessage(each)],
  ]),
);

/** The schemas that messages point at. */
export const schemas: Readonly<Record<string, FieldSchema>> = {
  Metadata: undialected(metadataSchema),
  ...Object.fromEntries(
    publishedUserTypes.flatMap((each) => [
      [nativeKey(each), undialected(each.schema)],
      [feedKey(each), cloudEventSchema(each, schemaAt(nativeKey(each)).$ref)],
    ]),
  ),
};
