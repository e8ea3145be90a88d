import type { Position } from '../../event-sourcing/fact.js';
import { type CommitListener, ProjectionProgress } from '../../event-sourcing/read-model.js';
import type { FencingToken } from '../../event-sourcing/lease.js';
import type { Commits, Told } from './commits.js';

/** `live`: the read model is told what happens, by this process or by another. */
export type ProjectorState = 'starting' | 'catching up' | 'live' | 'failing' | 'stopped';

/** The read model being told, as whoever runs the service sees it. */
export abstract class Projecting extends ProjectionProgress {
  constructor(protected readonly commits: Commits) {
    super();
  }

  abstract readonly state: ProjectorState;
  /** Why it stopped or is failing, for the operator. */
  abstract readonly fault: string | undefined;
  /** Events told by this process since it started. */
  abstract readonly told: number;
  /** Whether it is this process that tells. */
  abstract readonly owns: boolean;
  /** Under which holding of the lease it tells; undefined where it does not, or nobody else could. */
  readonly token: FencingToken | undefined;
  /** Starts, and resolves once history is told, or it turned out that it cannot be. */
  abstract start(): Promise<void>;
  /** Finishes the batch under way and stops. */
  abstract stop(): Promise<void>;

  /** Calls `watcher` after each batch that this process has told. It must not throw. */
  onTold(watcher: (told: Told) => void): void {
    this.commits.onTold(watcher);
  }

  override get position(): Position {
    return this.commits.position;
  }

  override reached(position: Position, withinMs: number): Promise<void> {
    return this.commits.reached(position, withinMs);
  }

  override onCommitted(listener: CommitListener): void {
    this.commits.onCommitted(listener);
  }

  override onDoubt(listener: () => void): void {
    this.commits.onDoubt(listener);
  }
}
