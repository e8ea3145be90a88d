import { AccessDeniedError } from '@eventstore/db-client';

/** gRPC's number; what the client makes of it depends on the call. */
const UNAUTHENTICATED = 16;

/**
 * Why the event store will not have us, where that is something to be mended in its address rather than waited for;
 * undefined for everything that may pass.
 */
export function refusalIn(error: unknown): string | undefined {
  const denied =
    error instanceof AccessDeniedError || (error as { code?: unknown } | undefined)?.code === UNAUTHENTICATED;
  if (denied) return 'the event store refuses the user name and password in its address';
  const text = error instanceof Error ? error.message : '';
  if (/certificate|unable to verify|does not match certificate|altnames/i.test(text))
    return `the certificate of the event store is not trusted: name its authority by tlsCAFile in the address`;
  if (/wrong version number|EPROTO|packet length too long/i.test(text))
    return 'the event store does not speak TLS: add tls=false to its address, or turn TLS on there';
  return undefined;
}
