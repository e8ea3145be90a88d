/** An event as a writer proposes it. */
export type ProposedEvent = {
  /** A UUID: lower-case, with dashes. */
  readonly id: string;
  readonly type: string;
  /** Anything but JSON is opaque bytes to readers. */
  readonly isJson: boolean;
  readonly metadata: Uint8Array;
  readonly data: Uint8Array;
};

/**
 * An event as the log holds it. Positions and revisions count events, and a JavaScript number counts 2^53 of them
 * exactly: 64-bit integers matter on the wire alone.
 */
export type StoredEvent = ProposedEvent & {
  /** Place in the whole log; the first event is at 1 and no number is left out. */
  readonly position: number;
  readonly stream: string;
  /** Place in its stream; the first event is at 0 and no number is left out. */
  readonly revision: number;
  /** Milliseconds since 1970. */
  readonly created: number;
};

/** An event and the link it was found by, where it was. A link that leads nowhere comes without event. */
export type ResolvedEvent =
  | { readonly event: StoredEvent; readonly link?: undefined }
  | { readonly event?: StoredEvent | undefined; readonly link: StoredEvent };

/** What a stream without events has for its last revision. */
export const NO_REVISION = -1;

/** What an event weighs in memory, near enough to bound buffers by. */
export const sizeOf = (event: Pick<ProposedEvent, 'type' | 'metadata' | 'data'>): number =>
  event.data.byteLength + event.metadata.byteLength + 2 * event.type.length;
