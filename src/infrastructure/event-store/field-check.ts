import type { FieldKind } from '../../event-sourcing/catalogue.js';

/** Says what is wrong with a field's value, without quoting it: values may be personal. */
export function fieldFault(name: string, kind: FieldKind, value: unknown): string | undefined {
  return is(kind, value) ? undefined : `${name} is ${value === undefined ? 'missing' : `no ${kind}`}`;
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function is(kind: FieldKind, value: unknown): boolean {
  switch (kind) {
    case 'string':
      return typeof value === 'string';
    case 'string?':
      return value === null || typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isSafeInteger(value);
    case 'time':
      return isTime(value);
    case 'time?':
      return value === null || isTime(value);
    case 'strings':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
  }
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && rfc3339.test(value) && !Number.isNaN(Date.parse(value));
}
