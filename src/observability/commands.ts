import type { CommandBus } from '@nestjs/cqrs';
import { Distribution, SECONDS } from '../event-sourcing/distribution.js';
import type { Context } from '../event-sourcing/fact.js';
import type { PrometheusMetrics } from './prometheus-metrics.js';
import { NO_TRACES, type Traces, traceIdOf } from './traces.js';

/** How a command ended. `refused` is a refusal of the domain's own; `failed` is a fault that nobody foresaw. */
const OUTCOMES = [
  ...(['changed', 'unchanged', 'repeated', 'done', 'refused', 'conflict'] as const),
  ...(['overloaded', 'unavailable', 'unknown', 'failed'] as const),
];
type Outcome = (typeof OUTCOMES)[number];

/** Lines that only whoever looks into something wants to see. */
export type DebugLog = Readonly<{ debug: (fields: object, message: string) => void }>;

type Carried = Readonly<{ context?: Pick<Context, 'requestId' | 'commandId' | 'traceparent'> }>;
type Bus = Readonly<{ execute: (command: object) => Promise<unknown> }>;
type Seen = Readonly<{ name: string; durations: Distribution; outcomes: Record<Outcome, number> }>;

/** Every command that goes over the bus: counted, timed, traced, and at debug level logged. */
export class Commands {
  /** By the command's class. */
  private readonly seen = new Map<unknown, Seen>();

  constructor(
    private readonly traces: Traces = NO_TRACES,
    private readonly log?: DebugLog,
  ) {}

  /** Puts itself before the bus, so that no handler need know of it. */
  watch(bus: CommandBus): void {
    const execute: Bus['execute'] = bus.execute.bind(bus);
    (bus as unknown as { execute: Bus['execute'] }).execute = (command) => this.run(command, execute);
  }

  private async run(given: object, execute: Bus['execute']): Promise<unknown> {
    const { name, durations, outcomes } = this.of(given.constructor);
    const began = performance.now();
    const { span, command } = this.traced(name, given);
    let result: unknown;
    let outcome: Outcome = 'failed';
    try {
      result = await execute(command);
      outcome = outcomeOf(result);
      return result;
    } catch (error) {
      outcome = refusalOf(error);
      throw error;
    } finally {
      const seconds = (performance.now() - began) / 1000;
      durations.observe(seconds);
      outcomes[outcome]++;
      span?.end({ 'user_ledger.outcome': outcome, ...revisionOf(result) }, outcome === 'failed');
      this.tell(name, command, outcome, seconds);
    }
  }

  /** A command under a span of its own, which its events then name as what they came of. */
  private traced(name: string, command: Carried) {
    const { context } = command;
    const span = this.traces.begin(`command ${name}`, 'internal', context?.traceparent, {
      'user_ledger.command': name,
    });
    if (!span || !context) return { span, command };
    const traced = Object.assign(Object.create(Object.getPrototypeOf(command) as object) as object, command, {
      context: { ...context, traceparent: span.traceparent },
    });
    return { span, command: traced };
  }

  private tell(name: string, { context }: Carried, outcome: Outcome, seconds: number): void {
    if (!this.log || !context) return;
    const { requestId, commandId, traceparent } = context;
    const about = { requestId, commandId, correlationId: requestId, ...traceIdOf(traceparent) };
    this.log.debug(
      { ...about, command: name, outcome, ms: Math.round(seconds * 1e6) / 1e3 },
      'a command was carried out',
    );
  }

  private of(type: { readonly name: string }): Seen {
    const known = this.seen.get(type);
    if (known) return known;
    const outcomes = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Seen['outcomes'];
    const made = { name: type.name.replace(/Command$/, ''), durations: new Distribution(SECONDS), outcomes };
    this.seen.set(type, made);
    return made;
  }

  /** Registers what there is to say of commands. */
  about(metrics: PrometheusMetrics): void {
    metrics.counters('commands_total', 'Commands by how they ended', ['command', 'outcome'], () =>
      [...this.seen.values()].flatMap(({ name: command, outcomes }) =>
        OUTCOMES.map((outcome) => [{ command, outcome }, outcomes[outcome]] as const),
      ),
    );
    metrics.histograms('command_duration_seconds', 'Commands, from the bus to their end', () =>
      [...this.seen.values()].map(({ name: command, durations }) => [{ command }, durations] as const),
    );
  }
}

type Ended = Readonly<{ outcome?: Outcome; revision?: bigint; committed?: Readonly<{ outcome: Outcome }> }>;

const outcomeOf = (result: unknown): Outcome => {
  const { outcome, committed } = (result ?? {}) as Ended;
  return outcome ?? committed?.outcome ?? 'done';
};

const revisionOf = (result: unknown): Record<string, number> => {
  const { revision } = (result ?? {}) as Ended;
  return revision === undefined ? {} : { 'user_ledger.revision': Number(revision) };
};

const BY_CODE: Readonly<Record<string, Outcome>> = {
  'wrong-expected-revision': 'conflict',
  'event-store-unavailable': 'unavailable',
  'outcome-unknown': 'unknown',
  overloaded: 'overloaded',
  'corrupt-history': 'failed',
  'unreadable-event': 'failed',
};

/** Errors of ours say by a code, in words with dashes, what is so; those of a database look otherwise. */
const refusalOf = (error: unknown): Outcome => {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code !== 'string' || !/^[a-z]+(-[a-z]+)*$/.test(code)) return 'failed';
  return BY_CODE[code] ?? 'refused';
};
