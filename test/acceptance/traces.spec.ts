import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { OtlpCollector, type ReceivedSpan } from '../support/otlp-collector.js';
import { Seed } from '../support/seed.js';
import type { ServiceUnderTest } from '../support/service.js';
import { startService } from './with-service.js';

const START_MS = 60_000;
const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
const traceparent = (traceId = hex(16), flags = '01'): string => `00-${traceId}-${hex(8)}-${flags}`;
const settings = (collector: OtlpCollector) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_SERVICE_NAME: 'ledger-under-test',
  OTEL_BSP_SCHEDULE_DELAY: '50',
});

let collector: OtlpCollector;
let service: ServiceUnderTest;
let seed: Seed;
beforeAll(async () => {
  collector = await OtlpCollector.start();
  service = await startService({ env: settings(collector) });
  seed = new Seed(service);
}, START_MS);
afterAll(async () => {
  await seed.close();
  await service.dispose();
  await collector.stop();
}, START_MS);

const named = (spans: readonly ReceivedSpan[], name: string): ReceivedSpan => {
  const [found, ...more] = spans.filter((span) => span.name === name);
  if (!found || more.length > 0) throw new Error(`not one span ${name} among ${spans.map((span) => span.name).join()}`);
  return found;
};
const valuesOf = ({ attributes }: ReceivedSpan): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

/** Renames somebody new, and resolves to them and what the last of their events says of its trace. */
async function rename(given: string | undefined): Promise<string | undefined> {
  const { id, ulid } = await seed.user();
  const headers: Record<string, string> = given === undefined ? {} : { traceparent: given };
  const answer = await service.update(id, { name: 'Traced' }, { headers });
  expect(answer.status).toBe(200);
  return (await seed.eventsOf(ulid)).at(-1)?.metadata.traceparent;
}

describe('an update', () => {
  it('is one trace, from the request over the command and its append to the projection', async () => {
    const parent = traceparent();
    const traceId = parent.slice(3, 35);
    const inEvent = await rename(parent);
    const spans = await collector.trace(traceId, 4);
    const request = named(spans, 'PATCH /v2/users/:user_id');
    const command = named(spans, 'command UpdateUser');
    const append = named(spans, 'append user');
    const projected = named(spans, 'project');
    expect(spans.length).toBe(4);
    expect(request.parentSpanId).toBe(parent.slice(36, 52));
    expect(command.parentSpanId).toBe(request.spanId);
    expect(append.parentSpanId).toBe(command.spanId);
    expect(projected.parentSpanId).toBe(append.spanId);
    // Whoever follows the log goes on from there.
    expect(inEvent).toBe(`00-${traceId}-${append.spanId}-01`);
    expect(valuesOf(request)).toEqual({
      'http.request.method': 'PATCH',
      'http.route': '/v2/users/:user_id',
      'http.response.status_code': 200,
    });
    const changed = { 'user_ledger.outcome': 'changed', 'user_ledger.revision': 1 };
    expect(valuesOf(command)).toEqual({ 'user_ledger.command': 'UpdateUser', ...changed });
    const stored = { 'user_ledger.outcome': 'stored', 'user_ledger.revision': 1 };
    expect(valuesOf(append)).toEqual({ 'user_ledger.stream_category': 'user', 'user_ledger.events': 1, ...stored });
    expect(valuesOf(projected)).toMatchObject({ 'user_ledger.events': 1 });
  });

  it('comes under the name that the service is given', async () => {
    await rename(traceparent());
    await collector.until(() => collector.received.length > 0);
    expect(collector.received[0]).toMatch(/"service\.name","value":\{"stringValue":"ledger-under-test"\}/);
  });

  it.each([
    ['nothing', undefined],
    ['a trace id of zeros', traceparent('0'.repeat(32))],
    ['a version that cannot be', traceparent().replace(/^00/, 'ff')],
    ['upper case', traceparent().toUpperCase()],
    ['more than version 00 has', `${traceparent()}-00`],
    ['text', 'a trace of mine'],
  ])('begins a trace of its own where it comes with %s', async (_, given) => {
    const inEvent = await rename(given);
    expect(inEvent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    const traceId = inEvent?.slice(3, 35) ?? '';
    expect(given?.toLowerCase() ?? '').not.toContain(traceId);
    const spans = await collector.trace(traceId, 4);
    expect(named(spans, 'PATCH /v2/users/:user_id').parentSpanId ?? '').toBe('');
  });

  it('takes up what a later version of the standard names', async () => {
    const traceId = hex(16);
    expect(await rename(`cc-${traceId}-${hex(8)}-01-what-comes-later`)).toMatch(
      new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`),
    );
  });

  it('is not recorded where the caller does not record it, and says so in its events', async () => {
    const traceId = hex(16);
    expect(await rename(traceparent(traceId, '00'))).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
    const next = hex(16);
    await rename(traceparent(next));
    await collector.trace(next, 4);
    expect(collector.spans.filter((span) => span.traceId === traceId)).toEqual([]);
  });
});

it('updates of one user at once keep each to a trace of their own, though they share appends', async () => {
  const { id, ulid } = await seed.user();
  const traceIds = Array.from({ length: 8 }, () => hex(16));
  await Promise.all(
    traceIds.map((traceId, i) =>
      service.update(id, { name: `Name ${i}` }, { headers: { traceparent: traceparent(traceId) } }),
    ),
  );
  const events = (await seed.eventsOf(ulid)).filter(({ type }) => type === 'UserRenamed');
  expect(events.map(({ metadata }) => metadata.traceparent?.slice(3, 35)).sort()).toEqual([...traceIds].sort());
  for (const traceId of traceIds) {
    const spans = await collector.trace(traceId, 4);
    expect(named(spans, 'project').parentSpanId).toBe(named(spans, 'append user').spanId);
  }
});

it('a refusal is the trace of its request, and nobody is alarmed', async () => {
  const traceId = hex(16);
  const headers = { traceparent: traceparent(traceId) };
  expect((await service.request('/v2/users', { key: '', headers })).status).toBe(401);
  const [span] = await collector.trace(traceId, 1);
  expect(span && [span.name, valuesOf(span)['http.response.status_code'], span.status.code ?? 0]).toEqual([
    ...['GET /v2/users', 401, 0],
  ]);
});

describe('a collector', () => {
  let broken: ServiceUnderTest | undefined;
  let odd: OtlpCollector | undefined;
  afterEach(async () => {
    await broken?.dispose();
    await odd?.stop();
  });

  it.each(['fails', 'hangs'] as const)('that %s delays no request, and no end of the service', async (manner) => {
    odd = await OtlpCollector.start();
    odd.manner = manner;
    broken = await startService({ env: settings(odd) });
    const running = broken;
    const update = async () => (await running.update(running.admin.user_id, { name: hex(8) })).status;
    expect(await update()).toBe(200);
    await odd.until(() => (odd?.received.length ?? 0) > 0);
    const answers = await Promise.all(Array.from({ length: 50 }, update));
    expect(new Set(answers)).toEqual(new Set([200]));
    if (manner === 'fails') {
      expect(await running.printed(/traces cannot be handed/)).not.toMatch(odd.url);
      const metrics = await (await running.request('/metrics')).text();
      expect(metrics).toMatch(/^user_ledger_trace_export_failures_total [1-9]/m);
    }
    const began = performance.now();
    expect(await running.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(8_000);
  });
});

describe('without a collector', () => {
  it('nothing of the SDK is loaded, and a trace that comes with a request is kept in its events', async () => {
    const plain = await startService({ env: { NODE_DEBUG: 'module,esm', OTEL_SERVICE_NAME: 'x' } });
    try {
      const parent = traceparent();
      const eyes = new Seed(plain);
      const { id, ulid } = await eyes.user();
      await plain.update(id, { name: 'Kept' }, { headers: { traceparent: parent } });
      expect((await eyes.eventsOf(ulid)).at(-1)?.metadata.traceparent).toBe(parent);
      await eyes.close();
      const isLoaded = (name: string) => plain.output.some((line) => line.includes(`/node_modules/${name}/`));
      // The API comes with prom-client.
      expect(['prom-client', '@opentelemetry/sdk-trace-node', '@opentelemetry/core'].map(isLoaded)).toEqual([
        ...[true, false, false],
      ]);
    } finally {
      await plain.dispose();
    }
  });
});
