import type { FieldKind } from '../../event-sourcing/catalogue.js';
import type { ActorMeta, Meta } from '../../event-sourcing/fact.js';
import { fieldFault } from './field-check.js';
import { isObject } from './schemas.js';

const metaFields: readonly (readonly [keyof Meta, FieldKind])[] = [
  ['schemaVersion', 'integer'],
  ['accountId', 'string'],
  ['rule', 'string'],
  ['requestId', 'string'],
  ['ip', 'string?'],
  ['userAgent', 'string?'],
  ['commandId', 'string'],
  ['occurredAt', 'time'],
  ['$correlationId', 'string'],
  ['$causationId', 'string'],
];

const actorFields: readonly (readonly [keyof ActorMeta, FieldKind])[] = [
  ['userId', 'string'],
  ['name', 'string'],
  ['role', 'string'],
  ['apiKeyId', 'string?'],
];

const sometimes = ['commandFingerprint', 'traceparent'] as const;

/** Says what is wrong with an event's metadata, or undefined where it is sound. */
export function metaFault(meta: unknown): string | undefined {
  if (!isObject(meta)) return 'its metadata is no JSON object';
  for (const [name, kind] of metaFields) {
    const fault = fieldFault(name, kind, meta[name]);
    if (fault) return `metadata: ${fault}`;
  }
  const { actor } = meta;
  if (!isObject(actor)) return 'metadata: actor is no object';
  for (const [name, kind] of actorFields) {
    const fault = fieldFault(name, kind, actor[name]);
    if (fault) return `metadata: actor: ${fault}`;
  }
  for (const name of sometimes) {
    if (meta[name] !== undefined && typeof meta[name] !== 'string') return `metadata: ${name} is no string`;
  }
  return undefined;
}
