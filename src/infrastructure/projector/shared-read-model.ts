import type { Position } from '../../event-sourcing/fact.js';
import type { FencingToken, Lease } from '../../event-sourcing/lease.js';
import type { Table } from '../../event-sourcing/projection.js';
import type { Changes, ReadModelWriter } from '../../event-sourcing/read-model.js';

/** A read model that several processes share: the one with the lease tells it, the others follow. A port. */
export abstract class SharedReadModel {
  abstract readonly lease: Lease;
  /** What writes under this holding of the lease, and is refused under a later one. */
  abstract writer(token: FencingToken): ReadModelWriter;
  /**
   * What was committed after a position, up to another, which `whole` says is the last; undefined while nobody has told it in
   * this shape.
   */
  abstract since(
    tables: readonly Table[],
    after: Position | undefined,
  ): Promise<Readonly<{ position: Position; changes: readonly Changes[]; whole: boolean }> | undefined>;
  /** Resolves when something may have been committed, or after so many milliseconds, or when told to stop. */
  abstract news(withinMs: number, signal: AbortSignal): Promise<void>;
}
