const known = new Set(
  [
    'connectionName',
    'defaultDeadline',
    'discoveryInterval',
    'gossipTimeout',
    'keepAliveInterval',
    'keepAliveTimeout',
    'maxDiscoverAttempts',
    'nodePreference',
    'throwOnAppendFailure',
    'tls',
    'tlsCAFile',
    'tlsVerifyCert',
    'userCertFile',
    'userKeyFile',
  ].map(flat),
);

/**
 * Refuses what would be misread or would leak.
 * - `throwOnAppendFailure=false`: the client then reports every conflict at revision 1, whatever the store said.
 * - `tlsVerifyCert=false` and unknown options: the client ignores them, and prints the whole string, password
 *   included, to say so.
 */
export function checkConnectionString(url: string): void {
  if (!/^esdb(\+discover)?:\/\/./.test(url)) throw new Error('the event store address must begin with esdb://');
  for (const [option, value] of options(url)) {
    if (!known.has(option)) throw new Error(`the event store address has an unknown option: ${option}`);
    if (option === flat('throwOnAppendFailure') && value !== 'true')
      throw new Error('the event store address must not set throwOnAppendFailure: conflicts would be misreported');
    if (option === flat('tlsVerifyCert') && value !== 'true')
      throw new Error('the event store address must not set tlsVerifyCert: it has no effect; use tlsCAFile');
  }
}

/**
 * The same address for a connection of its own. gRPC shares one TCP connection among channels whose options are equal:
 * appends would then wait behind reads, and a new client would sit on the dead connection of the one it replaces.
 * A keep-alive time-out that differs by milliseconds keeps them apart.
 */
export function withOwnConnection(url: string, ordinal: number): string {
  const own = 10_000 + (ordinal % 1_000);
  const [address = url, query = ''] = url.trim().replace(/\/+$/, '').split('?');
  const rest = query.split('&').filter((pair) => pair && flat(pair.split('=')[0] ?? '') !== 'keepalivetimeout');
  return `${address}?${[...rest, `keepAliveTimeout=${own}`].join('&')}`;
}

function options(url: string): [string, string][] {
  const query = url.trim().replace(/\/+$/, '').split('?').slice(1).join('&');
  return query
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const [key = '', value = ''] = pair.split('=');
      return [flat(key), value.trim()];
    });
}

// The client reads option names without regard to case, underscores and dashes.
function flat(name: string): string {
  return name.trim().toLowerCase().replace(/[_-]/g, '');
}
