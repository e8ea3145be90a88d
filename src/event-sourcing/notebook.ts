/** Notes that one process adds one by one, to find them after a restart. A port. */
export abstract class Notebook<T> {
  /** All that were added and not thrown out, oldest first. */
  abstract read(): readonly T[];
  /** Resolves once it is durable; what is added meanwhile is made durable together. */
  abstract add(note: T): Promise<void>;
  /** In place of all there were; returns once they are durable, and leaves the former ones where it throws. */
  abstract replace(notes: readonly T[]): void;
  /** Resolves once nothing is under way. */
  abstract close(): Promise<void>;
}
