import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '../../event-sourcing/event-store.js';
import type { Position, Recorded } from '../../event-sourcing/fact.js';
import { type ReadModelShape, type Table, tablesOf } from '../../event-sourcing/projection.js';
import type { Checkpoint, ReadModelWriter } from '../../event-sourcing/read-model.js';
import type { Log } from '../../event-sourcing/log.js';
import { NOTHING_TOLD, tallied } from '../../event-sourcing/tally.js';
import { Batch } from './batch.js';
import { Commits } from './commits.js';
import { Gathered, type Stretch } from './gathered.js';
import { BlamedWriter, blaming, DatabaseFault } from './faults.js';
import { Projecting, type ProjectorState } from './projecting.js';

const RETRY_MS = 500;
/**
 * Events of several streams at once tell of many writers: a moment later there are more, and a transaction costs as much
 * as some events do. A lone writer, who waits for the event before sending the next, is never kept waiting, and neither
 * are the writers of one stream, whose events come in groups as it is.
 */
const GATHER_MS = 5;
/** While history is told, nobody waits for any one event: events by the thousand share a transaction. */
const HISTORY_AT_ONCE = 4000;
/** What had caught up so long ago has to do so again. */
const CAUGHT_UP_FOR_MS = 1_000;

/**
 * Tells the read model every event, in order, one batch at a time: rows and checkpoint in one transaction.
 * An event that cannot be read or applied stops it for good; a database that fails is tried again.
 */
export class Projector extends Projecting {
  override state: ProjectorState = 'starting';
  override told = 0;
  override fault: string | undefined;
  private readonly readModel: ReadModelWriter;
  private readonly tables: readonly Table[];
  private readonly alone: boolean;
  private indexed = false;
  private readonly abort = new AbortController();
  /** How far it has told; undefined before any event. */
  private checkpoint: Checkpoint | undefined;
  private readonly gathered = new Gathered();
  /** The batch being told: while it is, what comes after it is on its way already. */
  private telling: Promise<void> = Promise.resolve();
  private running: Promise<void> = Promise.resolve();
  private settled: () => void = () => undefined;

  constructor(
    private readonly shape: ReadModelShape,
    private readonly events: EventStore,
    private readonly writer: ReadModelWriter,
    private readonly log: Log,
    /**
     * Where commits are told of, by others too. Then a fault of the database is the end of this projector: what it
     * committed last may be unknown, and whoever started it finds out.
     */
    shared?: Commits,
  ) {
    super(shared ?? new Commits(log));
    this.readModel = new BlamedWriter(writer);
    this.tables = tablesOf(shape);
    this.alone = !shared;
  }

  override get owns(): boolean {
    return true;
  }

  override async start(): Promise<void> {
    this.checkpoint = await this.writer.open(this.tables, await this.end());
    this.commits.publish([], this.checkpoint?.position ?? 0n);
    this.state = 'catching up';
    const settled = new Promise<void>((resolve) => (this.settled = resolve));
    this.running = this.run();
    await settled;
  }

  /** Where the log ends: one that was restored may end before what was told of it. Undefined while the store is silent. */
  private async end(): Promise<Position | undefined> {
    return await this.events
      .head()
      .then((head = 0n) => head)
      .catch(() => undefined);
  }

  /** Resolves when it tells nothing more, for whatever reason. */
  get ended(): Promise<void> {
    return this.running;
  }

  override async stop(): Promise<void> {
    this.abort.abort();
    await this.running;
    if (this.alone) this.commits.close();
  }

  private async run(): Promise<void> {
    while (!this.abort.signal.aborted && this.state !== 'stopped') {
      try {
        // What was committed last is not known where its answer never came.
        if (this.state === 'failing') this.checkpoint = await this.readModel.open(this.tables);
        for await (const { events, position, caughtUp } of this.events.subscribe(
          this.shape.streams,
          this.checkpoint?.position,
          this.abort.signal,
        )) {
          this.gathered.add(events, position);
          if (this.state !== 'live' && !caughtUp && this.gathered.size < HISTORY_AT_ONCE) continue;
          await this.tellGathered();
          if (this.state === 'live' || caughtUp) await this.telling;
          if (caughtUp && !(await this.live())) break;
          if (this.state === 'live' && ofSeveralStreams(events)) await sleep(GATHER_MS);
        }
        await this.finish(); // the subscription has ended, or begins anew
      } catch (error) {
        // What was delivered before the fault comes before it, and may hold one of its own.
        await this.finish().then(
          () => this.onFault(error),
          (earlier: unknown) => this.onFault(earlier),
        );
        this.gathered.take();
        this.telling = Promise.resolve();
      }
    }
    this.settled();
  }

  /** Begins to tell what was gathered, once the batch before it is told. */
  private async tellGathered(): Promise<void> {
    await this.telling;
    const next = this.gathered.take();
    if (!next) return;
    this.telling = this.tellOrStopAtFault(next);
    this.telling.catch(() => undefined); // whoever waits for it next is told
  }

  private async finish(): Promise<void> {
    await this.tellGathered();
    await this.telling;
  }

  private async tellOrStopAtFault({ events, position }: Stretch): Promise<void> {
    try {
      await this.tell(events, position);
    } catch (error) {
      if (error instanceof DatabaseFault) throw error;
      // One of them cannot be told: everything before it is, and nothing after.
      for (const event of events) await this.tell([event], event.position).catch(blaming(event));
      await this.tell([], position); // none was at fault by itself
    }
  }

  /**
   * Rows are looked up by more than their keys from now on. Nothing is told while the indexes are made: it would wait for
   * each. False where that took so long that there will be more to tell first.
   */
  private async live(): Promise<boolean> {
    const { signal } = this.abort;
    const began = performance.now();
    if (!signal.aborted && !this.indexed) await this.readModel.index(this.tables);
    if (signal.aborted) return true;
    this.indexed = true;
    if (performance.now() - began > CAUGHT_UP_FOR_MS) return false;
    this.state = 'live';
    this.fault = undefined;
    this.settled();
    return true;
  }

  private async tell(events: readonly Recorded[], position: Position): Promise<void> {
    const { checkpoint } = this;
    if (checkpoint && position <= checkpoint.position) return;
    const began = performance.now();
    const unseen = checkpoint ? events.filter((event) => event.position > checkpoint.position) : events;
    const changes = await new Batch(this.readModel).tell(this.shape, unseen);
    const next = { position, ...tallied(checkpoint ?? NOTHING_TOLD, unseen) };
    await this.readModel.commit(changes, next);
    this.checkpoint = next;
    this.told += unseen.length;
    this.commits.publish(changes, position);
    this.commits.batch(unseen, performance.now() - began);
  }

  private async onFault(error: unknown): Promise<void> {
    this.fault = error instanceof Error ? error.message : String(error);
    if (!(error instanceof DatabaseFault)) {
      this.state = 'stopped';
      this.log.error({ fault: this.fault }, 'the projector has stopped: an event cannot be told');
      this.commits.close();
      return;
    }
    this.state = 'failing';
    this.log.warn({ fault: this.fault }, 'the read model cannot be written; trying again');
    if (this.alone) await sleep(RETRY_MS);
    else this.abort.abort();
  }
}

const ofSeveralStreams = (events: readonly Recorded[]): boolean =>
  events.some(({ stream }) => stream !== events[0]?.stream);
