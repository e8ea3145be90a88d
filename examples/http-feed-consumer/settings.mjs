// @ts-check

/**
 * @typedef {Readonly<{ feed: URL, apiKey: string, cursorFile: string }>} Settings
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {Settings}
 */
export function readSettings({ BASE_URL, API_KEY, CURSOR_FILE = 'user-events.cursor' }) {
  if (!BASE_URL || !URL.canParse(BASE_URL)) throw new Error('BASE_URL must be set, such as to http://127.0.0.1:3000');
  if (!API_KEY) throw new Error('API_KEY must be set; the first one is in data/initial-admin.json');
  return { feed: new URL('/v2/user-events', BASE_URL), apiKey: API_KEY, cursorFile: CURSOR_FILE };
}
