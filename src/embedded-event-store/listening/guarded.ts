import type { Metadata, sendUnaryData, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { DeleteReq, TombstoneReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { CallError } from '../errors.js';
import { accessDenied, unauthenticated } from './access.js';
import type { Identify } from './access.js';

type Call = {
  readonly metadata: Metadata;
  readonly request?: unknown;
  emit(event: 'error', error: CallError): unknown;
};
type Handler = (call: Call, answer?: sendUnaryData<unknown>) => void;
type Rule = (request: unknown) => CallError | undefined;

/**
 * Puts a question before each call of a service: whether its caller may make it. Some calls tell whoever has not said
 * who he is themselves.
 */
export function guarded(
  service: ServiceDefinition,
  implementation: UntypedServiceImplementation,
  identify: Identify,
  rules: Readonly<Record<string, Rule>>,
  forAnonymous: UntypedServiceImplementation,
): UntypedServiceImplementation {
  const guard = (name: string, handle: Handler): Handler => {
    const answers = service[name]?.responseStream === false;
    return (call, answer) => {
      const caller = identify(headerOf(call.metadata));
      const instead = caller === 'anonymous' ? (forAnonymous[name] as Handler | undefined) : undefined;
      const refusal = instead ? undefined : (refusalOf(caller) ?? rules[name]?.(call.request));
      if (!refusal) (instead ?? handle)(call, answer);
      else if (answers && answer) answer(refusal);
      else call.emit('error', refusal);
    };
  };
  const names = Object.keys(service);
  return Object.fromEntries(names.map((name) => [name, guard(name, implementation[name] as Handler)]));
}

const headerOf = (metadata: Metadata): string | undefined => metadata.get('authorization')[0]?.toString();

function refusalOf(caller: ReturnType<Identify>): CallError | undefined {
  if (caller === 'admin') return undefined;
  return caller === 'impostor' ? unauthenticated() : accessDenied();
}

/** Whole streams of metadata, and the log itself, are deleted by nobody, not even by an admin. */
const mayBeDeleted: Rule = (request) => {
  const name = (request as DeleteReq | TombstoneReq).getOptions()?.getStreamIdentifier()?.getStreamName_asU8();
  const stream = Buffer.from(name ?? []).toString();
  return stream === '$all' || stream.startsWith('$$') ? accessDenied() : undefined;
};

/** Whether the user may append to a stream of this name: nobody does to the log itself. */
export const mayBeAppendedTo = (name: Uint8Array | undefined): boolean => Buffer.from(name ?? []).toString() !== '$all';

/** What an admin may not do either, by method of the Streams service. */
export const STREAM_RULES: Readonly<Record<string, Rule>> = { delete: mayBeDeleted, tombstone: mayBeDeleted };
