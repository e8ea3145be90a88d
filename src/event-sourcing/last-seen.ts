/**
 * When something was last seen, to about a minute. No event tells it, for it would be told all the time: it is kept
 * beside the read model, and a crash may forget the last of it.
 */
export abstract class LastSeen {
  /** Makes ready what it is kept in. */
  abstract open(): Promise<void>;
  /** Something is seen now. Keeps nobody waiting, and fails nobody. */
  abstract note(what: string, now: Date): void;
  /** When each of these was last seen, RFC 3339; without those that never were. */
  abstract of(what: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
