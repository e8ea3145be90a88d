import { setFlagsFromString } from 'node:v8';
import { badRequest } from './errors.js';
import type { StoredEvent } from './event.js';

/** Which events of the whole log a reader wants, and how often it wants to know how far the search has come. */
export type Filter = {
  readonly matches: Matcher;
  /** A checkpoint is due after this many events, whether they matched or not. */
  readonly checkpointInterval: number;
};

type Matcher = (event: StoredEvent) => boolean;

/** What a reader looks for, and in what; a regular expression counts before prefixes. */
export type FilterExpression = {
  readonly on: 'stream' | 'type';
  readonly regex: string;
  readonly prefixes: readonly string[];
};

/**
 * An expression that goes back and forth over a text for minutes would keep everybody else waiting. V8 starts over with an
 * engine whose time is linear, except for expressions that look around or refer back: it has none for those.
 */
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

type ExpressionMessage = { getRegex(): string; getPrefixList(): string[] };

/** The messages of a read and of a group say it alike. */
type FilterMessage = {
  getStreamIdentifier(): ExpressionMessage | undefined;
  getEventType(): ExpressionMessage | undefined;
  hasMax(): boolean;
  getMax(): number;
  hasCount(): boolean;
  getCheckpointintervalmultiplier(): number;
};

/** How many events one search step considers where the client does not say. */
const DEFAULT_WINDOW = 32;

export function filterOf(options: FilterMessage): Filter {
  return {
    matches: matcherOf(expressionIn(options)),
    checkpointInterval: windowOf(options) * options.getCheckpointintervalmultiplier(),
  };
}

export function expressionIn(options: FilterMessage): FilterExpression {
  const byStream = options.getStreamIdentifier();
  const expression = byStream ?? options.getEventType();
  if (!expression) throw badRequest('a filter needs a stream name or event type expression');
  return { on: byStream ? 'stream' : 'type', regex: expression.getRegex(), prefixes: expression.getPrefixList() };
}

export function matcherOf({ on, regex, prefixes }: FilterExpression): Matcher {
  const matches = textMatcher(regex, prefixes);
  return on === 'stream' ? ({ stream }) => matches(stream) : ({ type }) => matches(type);
}

function windowOf(options: FilterMessage): number {
  if (options.hasMax()) return Math.max(options.getMax(), 1);
  if (options.hasCount()) return DEFAULT_WINDOW;
  throw badRequest('a filter needs a window');
}

function textMatcher(regex: string, prefixes: readonly string[]): (text: string) => boolean {
  if (regex === '') return (text) => prefixes.some((prefix) => text.startsWith(prefix));
  try {
    if (meansAnotherThing(regex)) throw new SyntaxError('only .NET understands this');
    const pattern = new RegExp(regex);
    return (text) => pattern.test(text);
  } catch {
    throw badRequest(`the filter's regular expression cannot be read: ${regex}`);
  }
}

/**
 * The original reads expressions as .NET does, this one as JavaScript does. What JavaScript would take for something
 * else without a word is refused: letters after a backslash that mean nothing here, and a class less another.
 */
const meansAnotherThing = (regex: string): boolean =>
  regex.match(ESCAPES)?.some((escape) => ONLY_NET.test(escape)) === true || LESS.test(regex.replace(ESCAPES, ''));

const ESCAPES = /\\./gs;
const ONLY_NET = /\\(?![bBcdDfknrsStuvwWx])[A-Za-z]/;
const LESS = /\[[^\]]*-\[/;
