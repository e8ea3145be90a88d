import { actorFields, metaFields, sometimesMetaFields } from '../../event-sourcing/meta-fields.js';
import { fieldFault } from './field-check.js';
import { isObject } from './schemas.js';

const always = Object.entries(metaFields);
const ofActor = Object.entries(actorFields);
const sometimes = Object.entries(sometimesMetaFields);

/** Says what is wrong with an event's metadata, or undefined where it is sound. */
export function metaFault(meta: unknown): string | undefined {
  if (!isObject(meta)) return 'its metadata is no JSON object';
  for (const [name, kind] of always) {
    const fault = fieldFault(name, kind, meta[name]);
    if (fault) return `metadata: ${fault}`;
  }
  const { actor } = meta;
  if (!isObject(actor)) return 'metadata: actor is no object';
  for (const [name, kind] of ofActor) {
    const fault = fieldFault(name, kind, actor[name]);
    if (fault) return `metadata: actor: ${fault}`;
  }
  for (const [name, kind] of sometimes) {
    const fault = meta[name] === undefined ? undefined : fieldFault(name, kind, meta[name]);
    if (fault) return `metadata: ${fault}`;
  }
  return undefined;
}
