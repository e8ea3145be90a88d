/** How long the adapter waits, in milliseconds. */
export type Timings = Readonly<{
  /** One attempt to append, from handing it to the client to the answer. */
  appendAttempt: number;
  /** An append with all its attempts and its wait for a turn. */
  appendTotal: number;
  /** How long an append is tried again that the store declines, for it takes no writes; whoever waits is then told. */
  declined: number;
  /** The store's first answer on a new connection. */
  probe: number;
  /** The gap between two events of a read. */
  readGap: number;
  /** The answer to where the log ends. */
  head: number;
  /** The answer to a question about a group of consumers, or to a change of one. */
  groups: number;
  /** How long a subscription is silent before the log itself is asked whether something was missed. */
  subscriptionSilence: number;
  /** The first pause before a subscription is taken up again; doubles up to `resubscribeMost`. */
  resubscribeFirst: number;
  resubscribeMost: number;
  /** The first pause before a failed connection is replaced; doubles up to `reconnectMost`. */
  reconnectFirst: number;
  reconnectMost: number;
  /** How long `close` waits for appends under way. */
  drain: number;
}>;

export const defaultTimings: Timings = {
  appendAttempt: 2_000,
  appendTotal: 5_000,
  declined: 500,
  probe: 2_000,
  readGap: 5_000,
  head: 2_000,
  groups: 5_000,
  subscriptionSilence: 2_000,
  resubscribeFirst: 50,
  resubscribeMost: 2_000,
  reconnectFirst: 25,
  reconnectMost: 1_000,
  drain: 6_000,
};

/** How much the adapter takes on at once. */
export type Limits = Readonly<{
  /** Data, metadata and type names of one append; the store's own limit is 1,048,576 bytes. */
  appendBytes: number;
  /**
   * Appends handed to the client. Its stream takes 16 messages before it asks writers to wait, and a writer waiting
   * there when the stream dies is an unhandled rejection; 15 never come to wait. Every append is one message, for
   * `appendBytes` stays far below the size at which the client splits.
   */
  appendsInFlight: number;
  bytesInFlight: number;
  appendsWaiting: number;
  bytesWaiting: number;
  /** A real server serves 100 calls on a connection; the one after waits without a word. */
  readsInFlight: number;
  subscriptions: number;
  /** Events a subscription brings at once, and holds before it lets the server wait. */
  deliveredAtOnce: number;
}>;

export const defaultLimits: Limits = {
  appendBytes: 1_000_000,
  appendsInFlight: 15,
  bytesInFlight: 4 * 1024 * 1024,
  appendsWaiting: 2_000,
  bytesWaiting: 16 * 1024 * 1024,
  readsInFlight: 64,
  subscriptions: 16,
  deliveredAtOnce: 500,
};
