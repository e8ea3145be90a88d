import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** What is wrong with a value by a schema; nothing where it is sound. */
export type Faults = (value: unknown) => readonly ErrorObject[];

/** A validator of draft 2020-12 that takes nothing for granted: words it does not know are faults of the schema. */
export function faultsBy(schema: object, ...others: readonly object[]): Faults {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, keywords: ['x-personal-data'], schemas: [...others] });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
}
