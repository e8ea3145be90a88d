/** Notes that one process at a time adds one by one, to find them after a restart. A port. */
export abstract class Notebook<T> {
  /** All that were added and not thrown out, oldest first. */
  abstract read(): Promise<readonly T[]>;
  /** Resolves once they are durable; rejects where another process keeps the notes by now. */
  abstract add(...notes: readonly T[]): Promise<void>;
  /** In place of all there were: they are there as a whole, or the former ones are. */
  abstract replace(notes: readonly T[]): Promise<void>;
}
