/** Something small that one process at a time writes down, to find it after a restart. A port. */
export abstract class Notebook<T> {
  /** What was written last; undefined before anything was. */
  abstract read(): Promise<T | undefined>;
  /** Resolves once it is durable, as a whole. */
  abstract write(notes: T): Promise<void>;
}
