// @ts-check

/**
 * @typedef {Readonly<{ url: string, database: string }>} Settings
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {Settings}
 */
export function readSettings({ EVENTSTORE_URL, DATABASE = 'developers.sqlite' }) {
  if (!EVENTSTORE_URL) throw new Error('EVENTSTORE_URL must be set, for instance to esdb://127.0.0.1:2113?tls=false');
  if (!/^esdb(\+discover)?:\/\/./.test(EVENTSTORE_URL)) throw new Error('EVENTSTORE_URL must begin with esdb://');
  return { url: EVENTSTORE_URL, database: DATABASE };
}
