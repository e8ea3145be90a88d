/** Something small that one process writes down to find it after a restart. A port. */
export abstract class Notebook<T> {
  /** What was written last; undefined before anything was. */
  abstract read(): T | undefined;
  /** Returns once it is durable, as a whole. */
  abstract write(notes: T): void;
}
