// @ts-check

/**
 * @typedef {Readonly<{ url: string, stream: string, group: string, hook: string }>} Settings
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {Settings}
 */
export function readSettings({ EVENTSTORE_URL, STREAM = '$ce-user', GROUP, HOOK_URL }) {
  if (!EVENTSTORE_URL) throw new Error('EVENTSTORE_URL must be set, for instance to esdb://127.0.0.1:2113?tls=false');
  if (!/^esdb(\+discover)?:\/\/./.test(EVENTSTORE_URL)) throw new Error('EVENTSTORE_URL must begin with esdb://');
  if (!GROUP) throw new Error('GROUP must be set; make one with: npm run -s cli -- consumers create GROUP');
  if (!HOOK_URL || !/^https?:\/\//.test(HOOK_URL)) throw new Error('HOOK_URL must be set, to an http address');
  return { url: EVENTSTORE_URL, stream: STREAM, group: GROUP, hook: HOOK_URL };
}
