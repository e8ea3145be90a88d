import type { Message } from './message.js';
import type { Done } from './progress.js';
import type { ParkedMessages } from './replay.js';

/** What a group writes down, and what it wrote before. */
export type Journal = {
  /** The last checkpoint, if there is one. */
  readonly checkpoint: number | undefined;
  readonly parked: ParkedMessages;
  writeCheckpoint(place: number, done: Done): void;
  /** Parks a message; a consumer who has none of it left can ask for it again. */
  park(message: Message, reason: string, done: Done): void;
};
