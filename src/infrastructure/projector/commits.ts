import { NotCaughtUp } from '../../event-sourcing/errors.js';
import type { Position, Recorded } from '../../event-sourcing/fact.js';
import type { Log } from '../../event-sourcing/log.js';
import { type Changes, type CommitListener, ProjectionProgress } from '../../event-sourcing/read-model.js';
import { WaitingRoom } from './waiting-room.js';

/** Events told in one transaction by this process, and how long it took, from their first row to the commit. */
export type Told = Readonly<{ events: readonly Recorded[]; ms: number }>;

/** How far the read model has come, as this process knows: told by whoever commits, or hears of commits. */
export class Commits extends ProjectionProgress {
  private readonly room = new WaitingRoom();
  private readonly listeners: CommitListener[] = [];
  private readonly doubters: (() => void)[] = [];
  private readonly watchers: ((told: Told) => void)[] = [];
  private closed = false;
  private reachedPosition: Position = 0n;

  constructor(private readonly log: Log) {
    super();
  }

  override get position(): Position {
    return this.reachedPosition;
  }

  override reached(position: Position, withinMs: number): Promise<void> {
    if (position <= this.position) return Promise.resolve();
    if (this.closed) return Promise.reject(new NotCaughtUp());
    return this.room.wait(position, withinMs);
  }

  override onCommitted(listener: CommitListener): void {
    this.listeners.push(listener);
  }

  override onDoubt(listener: () => void): void {
    this.doubters.push(listener);
  }

  /** What was heard of commits may not be what the database holds. */
  doubt(): void {
    for (const doubter of this.doubters) doubter();
  }

  /** Calls `watcher` after each batch that this process has told. It must not throw. */
  onTold(watcher: (told: Told) => void): void {
    this.watchers.push(watcher);
  }

  /** This process has told a batch. */
  batch(events: readonly Recorded[], ms: number): void {
    if (events.length > 0) for (const watcher of this.watchers) watcher({ events, ms });
  }

  /** Rows and a position have been committed. Nobody is told that less has been than they know. */
  publish(changes: readonly Changes[], position: Position): void {
    if (position > this.reachedPosition) this.reachedPosition = position;
    for (const change of changes) for (const listener of this.listeners) this.tell(listener, change);
    this.room.admit(position);
  }

  /** What a listener makes of it is no reason to take back what is committed, nor to keep it from the others. */
  private tell(listener: CommitListener, { table, rows }: Changes): void {
    try {
      listener(table.name, rows);
    } catch (error) {
      const fault = error instanceof Error ? error.stack : String(error);
      this.log.error({ fault, table: table.name }, 'whoever listens to commits has failed');
    }
  }

  /** Something may be committed again, and is worth waiting for. */
  open(): void {
    this.closed = false;
  }

  /** Nothing more is committed: turns away those who wait, and who come to. */
  close(): void {
    this.closed = true;
    this.room.clear();
  }
}
