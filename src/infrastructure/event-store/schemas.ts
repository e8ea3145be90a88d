import type { AnyCatalogue, FieldKind } from '../../event-sourcing/catalogue.js';
import { fieldFault } from './field-check.js';

/** One event type as the codec works with it. */
export type Schema = Readonly<{
  version: number;
  /** What is wrong with today's data, or undefined. Fields it does not know pass: they may be added by others. */
  fault: (data: Readonly<Record<string, unknown>>) => string | undefined;
}>;

/** The catalogue laid out for speed: this is asked for every event. */
export function schemasOf(catalogue: AnyCatalogue): ReadonlyMap<string, Schema> {
  return new Map(
    Object.entries(catalogue).map(([type, { version, fields }]) => [
      type,
      { version, fault: faultFinder(Object.entries(fields)) },
    ]),
  );
}

function faultFinder(fields: readonly (readonly [string, FieldKind])[]): Schema['fault'] {
  return (data) => {
    for (const [name, kind] of fields) {
      const fault = fieldFault(name, kind, data[name]);
      if (fault) return fault;
    }
    return undefined;
  };
}

/** True for a JSON object: not text, not bytes, not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
