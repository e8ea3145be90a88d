import { ROOT_CONTEXT, SpanKind as Kind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node';
import { resourceOf } from './otel-resource.js';
import type { Attributes, Span, SpanKind, Traces } from './traces.js';

/** How long the end of the service waits for the collector. */
const FLUSH_WITHIN_MS = 2_000;

const KINDS: Readonly<Record<SpanKind, Kind>> = {
  server: Kind.SERVER,
  internal: Kind.INTERNAL,
  producer: Kind.PRODUCER,
  consumer: Kind.CONSUMER,
};

/**
 * Spans by OpenTelemetry's SDK, sent by OTLP over HTTP in batches, behind everybody's back: a collector that fails or hangs
 * costs spans, never a request. Everything standard is read by the SDK from its own variables (OTEL_…).
 */
export class OtelTraces implements Traces {
  failures = 0;
  private readonly provider: NodeTracerProvider;
  private readonly tracer: Tracer;

  constructor(
    env: Readonly<Record<string, string | undefined>>,
    private readonly warn: (fields: object, message: string) => void,
  ) {
    const spanProcessors = [new BatchSpanProcessor(this.counting(new OTLPTraceExporter()))];
    this.provider = new NodeTracerProvider({ resource: resourceOf(env), spanProcessors });
    this.tracer = this.provider.getTracer('user-ledger');
  }

  begin(name: string, kind: SpanKind, parent: string | undefined, attributes: Attributes = {}, agoMs = 0): Span {
    const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote(parent));
    const options = { kind: KINDS[kind], attributes: { ...attributes } };
    // A time given is one of whole milliseconds, and so is its end.
    const started = agoMs > 0 ? { startTime: Date.now() - agoMs } : {};
    const span = this.tracer.startSpan(name, { ...options, ...started }, context);
    const { traceId, spanId, traceFlags } = span.spanContext();
    return {
      traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
      end: (more = {}, failed = false) => {
        span.setAttributes({ ...more });
        if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, FLUSH_WITHIN_MS)));
    await Promise.race([this.provider.shutdown().catch(() => undefined), late]);
    clearTimeout(timer);
  }

  /** Failures are counted, and said once until it works again: without the address, which may hold credentials. */
  private counting(exporter: SpanExporter): SpanExporter {
    let failing = false;
    return {
      export: (spans: ReadableSpan[], done) => {
        exporter.export(spans, (result) => {
          const failed = result.error !== undefined;
          if (failed) this.failures++;
          if (failed && !failing)
            this.warn({}, 'traces cannot be handed to the collector; the service goes on without');
          failing = failed;
          done(result);
        });
      },
      shutdown: () => exporter.shutdown(),
      ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
    };
  }
}

const remote = (traceparent: string) => ({
  traceId: traceparent.slice(3, 35),
  spanId: traceparent.slice(36, 52),
  traceFlags: Number.parseInt(traceparent.slice(53, 55), 16),
  isRemote: true,
});
