import { isDeepStrictEqual } from 'node:util';

/** A JSON Schema, as far as it is compared. */
export type Schema = Readonly<Record<string, unknown>> &
  Readonly<{ properties?: Readonly<Record<string, Schema>>; required?: readonly string[]; type?: string | string[] }>;

// Prose may change, and what these say of fields is compared field by field.
const COMPARED_APART = ['title', 'description', 'properties', 'required', 'x-personal-data'];

/**
 * How `today` breaks those who rely on `recorded`; nothing where it only gained optional fields. What is emitted today
 * must be true by the recorded schema, and what was stored under it must be true by today's: both are in the log as one
 * and the same version.
 */
export function breakingChanges(recorded: Schema, today: Schema, name = 'the schema'): string[] {
  return [
    ...changedKind(recorded, today, name),
    ...changedNeed(recorded.required ?? [], today.required ?? [], name),
    ...Object.entries(recorded.properties ?? {}).flatMap(([field, before]) => {
      const now = today.properties?.[field];
      return now ? breakingChanges(before, now, field) : [`${field} is gone`];
    }),
    ...(recorded['x-personal-data'] && !today['x-personal-data'] ? [`${name} is no longer marked as personal`] : []),
  ];
}

function changedKind(recorded: Schema, today: Schema, name: string): string[] {
  const types = (schema: Schema): string[] => [schema.type ?? []].flat();
  if (types(today).includes('null') && !types(recorded).includes('null')) return [`${name} may be null now`];
  const rest = (schema: Schema): object =>
    Object.fromEntries(Object.entries(schema).filter(([word]) => !COMPARED_APART.includes(word)));
  return isDeepStrictEqual(rest(recorded), rest(today)) ? [] : [`${name} holds something else now`];
}

function changedNeed(recorded: readonly string[], today: readonly string[], name: string): string[] {
  return [
    ...recorded.filter((field) => !today.includes(field)).map((field) => `${name} may lack ${field} now`),
    ...today
      .filter((field) => !recorded.includes(field))
      .map((field) => `${name} must have ${field}, and once need not`),
  ];
}
