/**
 * What says that rows do not fit their tables, however often it is tried: PostgreSQL's classes 22 (data) and 23
 * (integrity), and what SQLite calls those.
 */
const REFUSED = /^(2[23]...|SQLITE_(CONSTRAINT|MISMATCH|TOOBIG).*)$/;
/** What says that the statement itself is wrong: PostgreSQL's classes 0A, 21, 42 and 54, and what SQLite calls those. */
const WRONG = /^((0A|21|42|54)...|SQLITE_(ERROR|MISUSE|RANGE).*)$/;
/** By name: errors of Node's own modules are not always instances of the classes that a program knows. */
const BUGS = /^(Type|Range|Reference|Syntax)Error$/;

const codeOf = (error: unknown): string => {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'string' ? code : '';
};

/** Whether rows were given that the database cannot keep. */
export const isRefusal = (error: unknown): boolean => REFUSED.test(codeOf(error));

/** Whether it would be no better were the database asked again, or another one. */
export const isOurs = (error: unknown): boolean =>
  isRefusal(error) || WRONG.test(codeOf(error)) || BUGS.test(String((Object(error) as { name?: unknown }).name));
