import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '../../event-sourcing/event-store.js';
import type { Position } from '../../event-sourcing/fact.js';
import { faultOf } from '../../event-sourcing/fault.js';
import { beatOf, type FencingToken, holdOn } from '../../event-sourcing/lease.js';
import type { Log } from '../../event-sourcing/log.js';
import { outOfReach, reaches } from '../../event-sourcing/reach.js';
import { type ReadModelShape, type Table, tablesOf } from '../../event-sourcing/projection.js';
import { Commits } from './commits.js';
import { Projecting, type ProjectorState } from './projecting.js';
import { Projector } from './projector.js';
import type { SharedReadModel } from './shared-read-model.js';

/** Whoever could not tell an event leaves it to others for so many times the lease's: one of them may be of another release. */
const ABSTAINS = 10;
const STATES: readonly string[] = ['starting', 'catching up', 'live', 'failing', 'stopped'] satisfies ProjectorState[];

/**
 * One read model, several processes (docs/decisions/0012): the one with the lease tells it, the others hear of each commit
 * and read what it changed, so that all know the same, at the same positions. When the lease is let go of, or its time
 * runs out, another takes it and goes on from the checkpoint. One that cannot tell an event lets go of it, too; all are
 * `stopped` until one has told that event.
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
  /** Whether the database may be another by now, which lacks what was committed last: a replica that took over. */
  private inDoubt = false;
  private abstainsUntil = 0;
  private running: Promise<void> = Promise.resolve();
  private settled: () => void = () => undefined;

  constructor(
    private readonly shape: ReadModelShape,
    private readonly events: EventStore,
    private readonly shared: SharedReadModel,
    private readonly log: Log,
  ) {
    super(new Commits(log));
    this.tables = tablesOf(shape);
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

  private async own(token: FencingToken): Promise<void> {
    try {
      await this.catchUp();
      await this.project(token);
    } finally {
      // What may yet come of a commit whose fate is unknown is refused from here on.
      await this.shared.lease.release(this.state);
    }
  }

  /** Tells the read model for as long as the lease is held, every event can be told, and the database takes it; rejects if not. */
  private async project(token: FencingToken): Promise<void> {
    const { lease } = this.shared;
    this.log.info({ token: token.toString() }, 'this process tells the read model');
    const projector = new Projector(this.shape, this.events, this.shared.writer(token), this.log, this.commits);
    const stopped = this.state === 'stopped';
    const look = (): ProjectorState => {
      // Others could not tell what comes next; whether this process can is known once it has.
      const waiting = stopped && projector.told === 0 && projector.state !== 'live';
      this.become(waiting ? 'stopped' : projector.state, projector.fault);
      return this.state;
    };
    this.projector = projector;
    this.token = token;
    const over = new AbortController();
    const telling = this.tell(projector, look).finally(() => {
      over.abort();
    });
    telling.catch(() => undefined); // thrown below, once all is put away
    const signal = AbortSignal.any([over.signal, this.abort.signal]);
    const lost = outOfReach(this.events, { ms: lease.ms, everyMs: beatOf(lease) }, signal);
    await Promise.race([holdOn(lease, token, look, signal), lost]);
    over.abort();
    this.inDoubt = true;
    // As far as is known: database or store may be silent, or another may tell it.
    if (!['stopped', 'failing'].includes(look())) this.become('catching up');
    this.log.info({ token: token.toString() }, 'this process no longer tells the read model');
    await projector.stop();
    if (projector.state === 'stopped') this.abstainsUntil = performance.now() + ABSTAINS * lease.ms;
    this.toldBefore += projector.told;
    this.projector = undefined;
    this.token = undefined;
    if (this.commits.position > 0n) this.known = this.commits.position;
    await telling;
  }

  /** Resolves where an event cannot be told; rejects at a fault of the database; goes on for ever otherwise. */
  private async tell(projector: Projector, look: () => ProjectorState): Promise<void> {
    await projector.start();
    look();
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
        if (holder?.note !== 'stopped') this.abstainsUntil = 0;
        else if (free) this.become('stopped');
        if (free && performance.now() >= this.abstainsUntil && (await reaches(this.events))) return true;
        await this.catchUp();
        if (!free) this.followed(holder.note);
      }
      await this.shared.news(beatOf(lease), signal);
      if (this.known !== undefined) await this.catchUp();
    }
    return false;
  }

  private followed(note: string): void {
    // Whoever holds it may not have committed anything yet.
    this.become(this.known === undefined || !STATES.includes(note) ? 'catching up' : (note as ProjectorState));
    if (this.state === 'stopped' || this.state === 'live') this.settled();
  }

  private async catchUp(): Promise<void> {
    for (let whole = false; !whole && !this.abort.signal.aborted;) {
      const since = await this.shared.since(this.tables, this.known);
      if (since && this.inDoubt) this.commits.doubt();
      if (since) this.inDoubt = false;
      if (!since || since.position === this.known) return;
      ({ whole, position: this.known } = since);
      // A row that has changed again since comes with a later part: whoever waits for a position before that must not go on yet.
      this.commits.publish(since.changes, whole ? since.position : this.commits.position);
    }
  }

  private async pause(): Promise<void> {
    await sleep(beatOf(this.shared.lease), undefined, { signal: this.abort.signal }).catch(() => undefined);
  }

  /** Nobody is kept waiting for what nobody tells. */
  private become(state: ProjectorState, fault = state === this.state ? this.fault : undefined): void {
    [this.state, this.fault] = [state, fault];
    if (state === 'stopped') this.commits.close();
    else this.commits.open();
  }

  private failing(error: unknown): void {
    this.become('failing', faultOf(error));
    this.inDoubt = true;
    this.log.warn({ fault: this.fault }, 'the read model cannot be shared; trying again');
  }
}
