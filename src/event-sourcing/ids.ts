/** Ids that nobody has had before. A port, so that tests can say. */
export abstract class Ids {
  /** A ULID. */
  abstract next(): string;
}
