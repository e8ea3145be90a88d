import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '../../event-sourcing/event-store.js';
import type { Position } from '../../event-sourcing/fact.js';
import { beatOf, type FencingToken, holdOn } from '../../event-sourcing/lease.js';
import type { Log } from '../../event-sourcing/log.js';
import { outOfReach, reaches } from '../../event-sourcing/reach.js';
import type { ReadModelShape, Table } from '../../event-sourcing/projection.js';
import { Commits } from './commits.js';
import { Projecting, type ProjectorState } from './projecting.js';
import { Projector } from './projector.js';
import type { SharedReadModel } from './shared-read-model.js';

const STATES: readonly string[] = ['starting', 'catching up', 'live', 'failing', 'stopped'] satisfies ProjectorState[];

/**
 * One read model, several processes (docs/decisions/0012): the one with the lease tells it, the others hear of each commit
 * and read what it changed, so that all know the same, at the same positions. When the lease is let go of, or its time
 * runs out, another takes it and goes on from the checkpoint.
 */
export class SharedProjector extends Projecting {
  override state: ProjectorState = 'starting';
  override fault: string | undefined;
  override token: FencingToken | undefined = undefined;
  private readonly abort = new AbortController();
  private readonly tables: readonly Table[];
  /** How far those who listen have been told; undefined before it was known at all. */
  private known: Position | undefined;
  private projector: Projector | undefined;
  private toldBefore = 0;
  private running: Promise<void> = Promise.resolve();
  private settled: () => void = () => undefined;

  constructor(
    private readonly shape: ReadModelShape,
    private readonly events: EventStore,
    private readonly shared: SharedReadModel,
    private readonly log: Log,
  ) {
    super(new Commits(log));
    this.tables = [...shape.projections, ...shape.chronicles];
  }

  override get told(): number {
    return this.toldBefore + (this.projector?.told ?? 0);
  }

  override get owns(): boolean {
    return this.projector !== undefined;
  }

  override async start(): Promise<void> {
    const settled = new Promise<void>((resolve) => (this.settled = resolve));
    this.running = this.run();
    await settled;
  }

  override async stop(): Promise<void> {
    this.abort.abort();
    await this.running;
    this.commits.close();
  }

  private async run(): Promise<void> {
    const { signal } = this.abort;
    while (!signal.aborted)
      try {
        const token = (await this.follow()) ? await this.shared.lease.hold(this.state) : undefined;
        if (token !== undefined) await this.own(token);
      } catch (error) {
        this.failing(error);
        await this.pause();
      }
    this.settled();
  }

  /** Tells the read model for as long as the lease is held, and the database takes what it is told. */
  private async own(token: FencingToken): Promise<void> {
    const { lease } = this.shared;
    this.log.info({ token: token.toString() }, 'this process tells the read model');
    await this.catchUp();
    const writer = this.shared.writer(token);
    const projector = new Projector(this.shape, this.events, writer, this.log, this.commits);
    this.projector = projector;
    this.token = token;
    const over = new AbortController();
    const telling = this.tell(projector).catch((error: unknown) => {
      this.failing(error);
      over.abort();
    });
    const note = (): string => {
      ({ state: this.state, fault: this.fault } = projector);
      return projector.state;
    };
    const signal = AbortSignal.any([over.signal, this.abort.signal]);
    const lost = outOfReach(this.events, { ms: lease.ms, everyMs: beatOf(lease) }, signal);
    await Promise.race([holdOn(lease, token, note, signal), lost]);
    const failed = over.signal.aborted;
    over.abort();
    // As far as is known: database or store may be silent, or another may tell it.
    if (!failed) this.state = 'catching up';
    this.log.info({ token: token.toString() }, 'this process no longer tells the read model');
    await projector.stop();
    await telling;
    this.toldBefore += projector.told;
    this.projector = undefined;
    this.token = undefined;
    if (this.commits.position > 0n) this.known = this.commits.position;
    // What may yet come of a commit whose fate is unknown is refused from here on.
    await lease.release();
    if (failed) await this.pause();
  }

  /** Rejects at a fault of the database; goes on for ever otherwise, also where an event cannot be told. */
  private async tell(projector: Projector): Promise<void> {
    await projector.start();
    this.state = projector.state;
    if (projector.state !== 'failing') this.settled();
    await projector.ended;
    if (projector.state === 'failing') throw new Error(projector.fault);
  }

  /** Follows what another process commits, until its time is over and this one could tell instead; false once told to stop. */
  private async follow(): Promise<boolean> {
    const { lease } = this.shared;
    const { signal } = this.abort;
    for (let looked = -Infinity; !signal.aborted;) {
      if (performance.now() - looked >= beatOf(lease)) {
        looked = performance.now();
        const holder = await lease.look();
        const free = !holder || holder.over;
        if (free && (await reaches(this.events))) return true;
        await this.catchUp();
        if (!free) this.followed(holder.note);
      }
      await this.shared.news(beatOf(lease), signal);
      if (this.known !== undefined) await this.catchUp();
    }
    return false;
  }

  private followed(note: string): void {
    this.fault = undefined;
    // Whoever holds it may not have committed anything yet.
    this.state = this.known === undefined || !STATES.includes(note) ? 'catching up' : (note as ProjectorState);
    if (this.state === 'stopped') this.commits.close();
    if (this.state === 'stopped' || this.state === 'live') this.settled();
  }

  private async catchUp(): Promise<void> {
    for (let whole = false; !whole && !this.abort.signal.aborted;) {
      const since = await this.shared.since(this.tables, this.known);
      if (!since || since.position === this.known) return;
      ({ whole, position: this.known } = since);
      // A row that has changed again since comes with a later part: whoever waits for a position before that must not go on yet.
      this.commits.publish(since.changes, whole ? since.position : this.commits.position);
    }
  }

  private async pause(): Promise<void> {
    await sleep(beatOf(this.shared.lease), undefined, { signal: this.abort.signal }).catch(() => undefined);
  }

  private failing(error: unknown): void {
    this.fault = error instanceof Error ? error.message : String(error);
    this.state = 'failing';
    this.log.warn({ fault: this.fault }, 'the read model cannot be shared; trying again');
  }
}
