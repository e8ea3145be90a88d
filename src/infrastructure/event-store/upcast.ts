import type { Upcasters } from '../../event-sourcing/catalogue.js';
import { isObject } from './schemas.js';

type Data = Readonly<Record<string, unknown>>;

/**
 * Raises stored data version by version to today's.
 *
 * @throws Error naming the step that failed
 */
export function upcast(upcasters: Upcasters, type: string, from: number, today: number, stored: Data): Data {
  let data = stored;
  for (let version = from; version < today; version++) {
    const step = upcasters[`${type}.${version}`];
    if (!step) throw new Error(`nothing leads from version ${version} to ${version + 1}`);
    data = raised(step, data, version);
  }
  return data;
}

function raised(step: Upcasters[string], data: Data, version: number): Data {
  let result: unknown;
  try {
    result = step(data);
  } catch {
    // What was thrown may quote the data.
    throw new Error(`it cannot be raised from version ${version}`);
  }
  if (!isObject(result)) throw new Error(`raising it from version ${version} gave no object`);
  return result;
}
