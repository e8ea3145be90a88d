/**
 * With `DEBUG=esdb:*` the client prints the connection string with its password, and every event. That is a tool for
 * a developer's machine, so production does not start with it.
 */
export function refuseDebugOutput(environment: NodeJS.ProcessEnv): void {
  if (environment.NODE_ENV !== 'production') return;
  const patterns = (environment.DEBUG ?? '').split(/[\s,]+/).filter((pattern) => pattern && !pattern.startsWith('-'));
  if (patterns.some(reachesTheClient))
    throw new Error('DEBUG must not include esdb in production: the client would print credentials and events');
}

function reachesTheClient(pattern: string): boolean {
  const beforeStar = pattern.split('*')[0] ?? '';
  return 'esdb:'.startsWith(beforeStar) || beforeStar.startsWith('esdb:') || pattern === 'esdb';
}
