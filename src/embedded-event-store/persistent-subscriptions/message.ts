import type { ResolvedEvent, StoredEvent } from '../event.js';

/** How far a group has come: a revision of its stream or a position of the log, and after how many events. */
export type Mark = { readonly place: number; readonly sequence: number };

/** An event that a group owes to one of its consumers. */
export type Message = {
  readonly resolved: ResolvedEvent;
  /** The furthest a checkpoint may go until this message is done. A parked message that comes again holds none back. */
  readonly before?: Mark;
  /** Its place among the parked messages, if it comes from there. */
  readonly parkedAt?: number;
  readonly retries: number;
};

/** The event as it lies in the source of the group: the link, where there is one. Consumers name it by its id. */
export const originalOf = ({ resolved: { event, link } }: Message): StoredEvent => link ?? event;

/** The event as consumers understand it: what the link leads to, where it leads anywhere. */
export function subjectOf({ resolved: { event, link } }: Message): StoredEvent {
  return link === undefined ? event : (event ?? link);
}
