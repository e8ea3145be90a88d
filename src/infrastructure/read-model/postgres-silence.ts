import type pg from 'pg';

/** The server gives a statement up by itself, where it can; this much later it is taken for silent. */
export const GRACE_MS = 500;
const END_WITHIN_MS = 500;
/** Indexes of large tables are made for as long as that takes. */
const TAKES_ITS_TIME = /^create (unique )?index/i;
/** What the driver says without a code. */
const BROKEN = /timeout|Connection terminated|not queryable/;

/**
 * Cuts a connection whose server leaves a statement without an answer, or without an end: its own time limit helps only
 * where it is alive. The statement rejects, and so does whatever waits behind it; a pool lets the connection go, whereas
 * the driver's time limit would leave it there with the statement on it.
 */
export function cutWhenSilent(client: pg.ClientBase, withinMs: number): void {
  const { query, end } = client as unknown as Record<'query' | 'end', (...given: unknown[]) => Promise<unknown>>;
  const cut = (error?: Error): void => {
    (client as pg.Client).connection.stream.destroy(error);
  };
  const watched = async (...given: unknown[]): Promise<unknown> => {
    const late = (): void => {
      cut(Object.assign(new Error('the database does not answer'), { code: 'ETIMEDOUT' }));
    };
    const timer = TAKES_ITS_TIME.test(String(given[0])) ? undefined : setTimeout(late, withinMs);
    try {
      return await query.apply(client, given);
    } catch (error) {
      throw withCode(error);
    } finally {
      clearTimeout(timer);
    }
  };
  const ended = (...given: unknown[]): Promise<unknown> => {
    setTimeout(cut, END_WITHIN_MS).unref();
    return end.apply(client, given);
  };
  Object.assign(client, { query: watched, end: ended });
}

/** Whoever asks whether a fault is the database's goes by its code. */
export function withCode(error: unknown): unknown {
  if (!(error instanceof Error) || 'code' in error || !BROKEN.test(error.message)) return error;
  return Object.assign(error, { code: error.message.includes('timeout') ? 'ETIMEDOUT' : 'ECONNRESET' });
}
