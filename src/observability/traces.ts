export type Attributes = Readonly<Record<string, string | number>>;
export type SpanKind = 'server' | 'internal' | 'producer' | 'consumer';

/** A span under way. */
export type Span = Readonly<{
  /** What names it to whatever comes of it, as W3C Trace Context does. */
  traceparent: string;
  /** `failed`: it is somebody's business. */
  end: (attributes?: Attributes, failed?: boolean) => void;
}>;

/**
 * Where spans go. Parents are given as they travel, by their `traceparent`: in a request, a command's context, and the
 * metadata of its events; so a group of commands that share an append keep each to their own trace.
 */
export type Traces = Readonly<{
  /** Undefined where nothing is traced. `startedAgoMs`: it had begun so long ago. */
  begin: (
    name: string,
    kind: SpanKind,
    parent: string | undefined,
    attributes?: Attributes,
    startedAgoMs?: number,
  ) => Span | undefined;
  /** Batches of spans that could not be handed to the collector. */
  readonly failures: number;
  /** Hands over what is left, within a bounded time, and stops. Never rejects. */
  close: () => Promise<void>;
}>;

/** Nothing is traced. */
export const NO_TRACES: Traces = { begin: () => undefined, failures: 0, close: () => Promise.resolve() };

/** The trace id of a `traceparent`, as a field of a line of the log. */
export const traceIdOf = (traceparent: string | null | undefined): { traceId?: string } =>
  traceparent ? { traceId: traceparent.slice(3, 35) } : {};

type Environment = Readonly<Record<string, string | undefined>>;

const isWanted = (env: Environment): boolean =>
  Boolean(env.OTEL_EXPORTER_OTLP_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) &&
  env.OTEL_SDK_DISABLED?.toLowerCase() !== 'true' &&
  env.OTEL_TRACES_EXPORTER !== 'none';

/** What OpenTelemetry's variables ask for. Its SDK is loaded only where they name a collector. */
export async function openTraces(env: Environment, warn: (fields: object, message: string) => void): Promise<Traces> {
  if (!isWanted(env)) return NO_TRACES;
  const { OtelTraces } = await import('./otel-traces.js');
  return new OtelTraces(env, warn);
}
