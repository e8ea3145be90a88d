import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '../../event-sourcing/event-store.js';
import { NotCaughtUp } from '../../event-sourcing/errors.js';
import type { Position, Recorded } from '../../event-sourcing/fact.js';
import type { ReadModelShape, Table } from '../../event-sourcing/projection.js';
import { type CommitListener, ProjectionProgress, type ReadModelWriter } from '../../event-sourcing/read-model.js';
import type { Log } from '../../event-sourcing/log.js';
import { Batch } from './batch.js';
import { WaitingRoom } from './waiting-room.js';

export type ProjectorState = 'starting' | 'catching up' | 'live' | 'failing' | 'stopped';

const RETRY_MS = 500;
/**
 * Events of several streams at once tell of many writers: a moment later there are more, and a transaction costs as much
 * as some events do. A lone writer, who waits for the event before sending the next, is never kept waiting, and neither
 * are the writers of one stream, whose events come in groups as it is.
 */
const GATHER_MS = 5;
/** While history is told, nobody waits for any one event: events by the thousand share a transaction. */
const HISTORY_AT_ONCE = 4000;

/**
 * Tells the read model every event, in order, one batch at a time: rows and checkpoint in one transaction.
 * An event that cannot be read or applied stops it for good; a database that fails is tried again.
 */
export class Projector extends ProjectionProgress {
  state: ProjectorState = 'starting';
  /** Events told since it started. */
  told = 0;
  /** Why it stopped or is failing, for the operator. */
  fault: string | undefined;
  private readonly room = new WaitingRoom();
  private readonly listeners: CommitListener[] = [];
  private readonly abort = new AbortController();
  /** The last position told; undefined before any. */
  private checkpoint: Position | undefined;
  /** Delivered, and not told yet. */
  private gathered: Recorded[] = [];
  private gatheredTo: Position | undefined;
  /** The batch being told: while it is, what comes after it is on its way already. */
  private telling: Promise<void> = Promise.resolve();
  private running: Promise<void> = Promise.resolve();
  private settled: () => void = () => undefined;

  constructor(
    private readonly shape: ReadModelShape,
    private readonly events: EventStore,
    private readonly readModel: ReadModelWriter,
    private readonly log: Log,
  ) {
    super();
  }

  private get tables(): readonly Table[] {
    return [...this.shape.projections, ...this.shape.chronicles];
  }

  override get position(): Position {
    return this.checkpoint ?? 0n;
  }

  override reached(position: Position, withinMs: number): Promise<void> {
    if (position <= this.position) return Promise.resolve();
    if (this.state === 'stopped') return Promise.reject(new NotCaughtUp());
    return this.room.wait(position, withinMs);
  }

  override onCommitted(listener: CommitListener): void {
    this.listeners.push(listener);
  }

  /** Starts, and resolves once history is told, or it turned out that it cannot be. */
  async start(): Promise<void> {
    this.checkpoint = await this.readModel.open(this.tables);
    this.state = 'catching up';
    const settled = new Promise<void>((resolve) => (this.settled = resolve));
    this.running = this.run();
    await settled;
    await this.readModel.index(this.tables);
  }

  /** Finishes the batch under way and stops. */
  async stop(): Promise<void> {
    this.abort.abort();
    await this.running;
    this.room.clear();
  }

  private async run(): Promise<void> {
    while (!this.abort.signal.aborted && this.state !== 'stopped') {
      try {
        for await (const { events, position, caughtUp } of this.events.subscribe(
          this.shape.streams,
          this.checkpoint,
          this.abort.signal,
        )) {
          this.gathered.push(...events);
          if (position !== undefined) this.gatheredTo = position;
          if (this.state !== 'live' && !caughtUp && this.gathered.length < HISTORY_AT_ONCE) continue;
          await this.tellGathered();
          if (this.state === 'live' || caughtUp) await this.telling;
          if (caughtUp) this.live();
          if (this.state === 'live' && ofSeveralStreams(events)) await sleep(GATHER_MS);
        }
        await this.finish(); // the subscription has ended
      } catch (error) {
        // What was delivered before the fault comes before it, and may hold one of its own.
        const earlier = await this.finish().then(
          () => undefined,
          (fault: unknown) => fault,
        );
        await this.onFault(earlier ?? error);
        this.forgetGathered();
        this.telling = Promise.resolve();
      }
    }
    this.settled();
  }

  /** Begins to tell what was gathered, once the batch before it is told. */
  private async tellGathered(): Promise<void> {
    await this.telling;
    const { gathered, gatheredTo } = this;
    this.forgetGathered();
    if (gatheredTo === undefined) return;
    this.telling = this.tellOrStopAtFault(gathered, gatheredTo);
    this.telling.catch(() => undefined); // whoever waits for it next is told
  }

  private async finish(): Promise<void> {
    await this.tellGathered();
    await this.telling;
  }

  private async tellOrStopAtFault(events: readonly Recorded[], position: Position): Promise<void> {
    try {
      await this.tell(events, position);
    } catch (error) {
      if (isDatabaseFault(error)) throw error;
      // One of them cannot be told: everything before it is, and nothing after.
      for (const event of events) await this.tell([event], event.position);
      throw error;
    }
  }

  private forgetGathered(): void {
    this.gathered = [];
    this.gatheredTo = undefined;
  }

  private live(): void {
    this.state = 'live';
    this.fault = undefined;
    this.settled();
  }

  private async tell(events: readonly Recorded[], position: Position): Promise<void> {
    const { checkpoint } = this;
    if (checkpoint !== undefined && position <= checkpoint) return;
    const unseen = checkpoint === undefined ? events : events.filter((event) => event.position > checkpoint);
    const changes = await new Batch(this.readModel).tell(this.shape, unseen);
    await this.readModel.commit(changes, position);
    this.checkpoint = position;
    this.told += unseen.length;
    for (const { table, rows } of changes) for (const listener of this.listeners) listener(table.name, rows);
    this.room.admit(position);
  }

  private async onFault(error: unknown): Promise<void> {
    this.fault = error instanceof Error ? error.message : String(error);
    if (!isDatabaseFault(error)) {
      this.state = 'stopped';
      this.log.error({ fault: this.fault }, 'the projector has stopped: an event cannot be told');
      this.room.clear();
      return;
    }
    this.state = 'failing';
    this.log.warn({ fault: this.fault }, 'the read model cannot be written; trying again');
    await sleep(RETRY_MS);
  }
}

const ofSeveralStreams = (events: readonly Recorded[]): boolean =>
  events.some(({ stream }) => stream !== events[0]?.stream);

/** Errors of a database carry a code; those of a projection that cannot apply an event do not. */
const isDatabaseFault = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  /^(SQLITE_|[0-9A-Z]{5}$|E[A-Z]+$)/.test(error.code);
