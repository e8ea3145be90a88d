import type { AnyFact } from './fact.js';

/**
 * What a stored field may hold. `time` is RFC 3339 text; a trailing `?` allows null.
 * 64-bit numbers are stored as `string`: JSON readers round them.
 */
export type FieldKind = 'string' | 'string?' | 'strings' | 'boolean' | 'integer' | 'time' | 'time?';

type KindOf<T> = null extends T
  ? 'string?' | 'time?'
  : T extends readonly string[]
    ? 'strings'
    : T extends string
      ? 'string' | 'time'
      : T extends boolean
        ? 'boolean'
        : 'integer';

/** What each field of `T` holds. Complete by type. */
export type KindsOf<T> = { readonly [K in keyof T]-?: KindOf<T[K]> };

/** One event type: what it says, the version written today, its fields, and which of them are personal data. */
type EventSchema<E extends AnyFact = AnyFact> = Readonly<{
  /** One sentence for those who read the log. */
  says: string;
  version: number;
  fields: KindsOf<E['data']>;
  personal: readonly (keyof E['data'])[];
}>;

/** Every event type of a family. Complete by type: a new event does not compile until it stands here. */
export type Catalogue<E extends AnyFact> = { readonly [T in E['type']]: EventSchema<Extract<E, { type: T }>> };

/** A catalogue as the codec reads it, of whatever family. */
export type AnyCatalogue = Readonly<
  Record<string, { version: number; fields: Readonly<Record<string, FieldKind>>; personal: readonly PropertyKey[] }>
>;

/** From `Type.N`, the data of version N, to the data of version N + 1. */
export type Upcasters = Readonly<Record<string, (data: Readonly<Record<string, unknown>>) => Record<string, unknown>>>;
