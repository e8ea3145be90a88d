import { InvalidRequest } from './invalid-request.js';
import type { FieldError } from './problem.js';

const MAX_VALUES = 20;
const MAX_LENGTH = 512;
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i;

type Query = Readonly<Record<string, unknown>>;

/**
 * Reads a query string, parameter by parameter, and tells all faults at once. A parameter that nobody asked for is a
 * fault: a misspelt filter that is passed over would answer another question than was asked.
 */
export class QueryParameters {
  private readonly errors: FieldError[] = [];
  private readonly known = new Set<string>();

  constructor(private readonly query: Query) {}

  /** Every value of a repeatable parameter; undefined where it is absent. */
  list<T = string>(name: string, read: (text: string) => T): readonly T[] | undefined {
    this.known.add(name);
    const given = this.query[name];
    if (given === undefined) return undefined;
    const texts = (Array.isArray(given) ? given : [given]) as string[];
    if (texts.length > MAX_VALUES) this.fault(name, `must not be repeated more than ${MAX_VALUES} times`);
    const values: T[] = [];
    for (const text of texts.slice(0, MAX_VALUES))
      try {
        if (text.length > MAX_LENGTH) throw new InvalidRequest(name, `must have at most ${MAX_LENGTH} characters`);
        values.push(read(text));
      } catch (error) {
        if (!(error instanceof InvalidRequest)) throw error;
        this.fault(name, error.errors[0]?.message ?? 'is invalid');
      }
    return values;
  }

  /** The value of a parameter that is given once at most. */
  one<T = string>(name: string, read: (text: string) => T): T | undefined {
    const given = this.query[name];
    if (!Array.isArray(given)) return this.list(name, read)?.[0];
    this.known.add(name);
    this.fault(name, 'must be given once');
    return undefined;
  }

  /** How many items a page has: 1 to 100, 50 by default. */
  limit(): number {
    const limit = this.one('limit', (text) => {
      if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 100) return Number(text);
      throw new InvalidRequest('limit', 'must be a whole number from 1 to 100');
    });
    return limit ?? 50;
  }

  /** @throws InvalidRequest telling every fault there was, parameters nobody asked for among them */
  check(): void {
    for (const name of Object.keys(this.query))
      if (!this.known.has(name)) this.fault(name, 'is not a parameter of this request');
    if (this.errors.length > 0) throw InvalidRequest.of(this.errors);
  }

  private fault(field: string, message: string): void {
    this.errors.push({ field, message });
  }
}

/** Any text. */
export const text = (given: string): string => given;

/** `true` or `false`. */
export function boolean(given: string): boolean {
  if (given === 'true' || given === 'false') return given === 'true';
  throw new InvalidRequest('', 'must be true or false');
}

/** One of a few words. */
export const oneOf =
  <T extends string>(...words: readonly T[]) =>
  (given: string): T => {
    const word = words.find((each) => each === given);
    if (word !== undefined) return word;
    throw new InvalidRequest('', `must be one of ${words.join(', ')}`);
  };

/**
 * A time (RFC 3339), as it is stored: UTC, milliseconds. What is finer is cut off. A space where a plus was meant is
 * taken for one: that is what an offset becomes that was not percent-encoded.
 */
export function time(given: string): string {
  const meant = given.replace(' ', '+');
  const date = new Date(meant);
  const [year = 0, month = 0, day = 0] = meant.slice(0, 10).split('-').map(Number);
  // JavaScript takes the 30th of February for the 2nd of March.
  const exists = day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (RFC3339.test(meant) && exists && !Number.isNaN(date.getTime()) && /^\d{4}-/.test(date.toISOString()))
    return date.toISOString();
  throw new InvalidRequest('', 'must be a time such as 2026-01-02T03:04:05Z');
}
