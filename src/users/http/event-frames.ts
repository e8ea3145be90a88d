import type { Position } from '../../event-sourcing/fact.js';
import type { CursorScope, Cursors } from '../../http/cursors.js';
import { InvalidRequest } from '../../http/invalid-request.js';
import type { UserEventEntry } from '../queries/find-user-events.handler.js';
import { userEventResponse } from './user-event.response.js';

/** Which events a client asked for: the types, sorted, or all. */
export type FeedFilter = Readonly<{ accountId: string; types: readonly string[] | undefined }>;

/** Milliseconds before a client comes back, spread out so that a thousand of them do not come as one. */
const RETRY_MS = { least: 1_000, spread: 2_000 } as const;

/** Cursors and server-sent events of one account and filter: the same for each of its clients. */
export class EventFrames {
  private readonly scope: CursorScope;

  constructor(
    { accountId, types }: FeedFilter,
    private readonly cursors: Cursors,
  ) {
    this.scope = { accountId, endpoint: 'user-events', filters: types ?? null };
  }

  cursor(position: Position): string {
    return this.cursors.seal(this.scope, [position.toString()]);
  }

  /** @throws InvalidRequest for a cursor of another account or filter, or that is none; `field` is where it stood */
  open(cursor: string, field: string): Position {
    try {
      return BigInt(this.cursors.open(this.scope, cursor)[0] ?? '0');
    } catch (error) {
      if (!(error instanceof InvalidRequest)) throw error;
      throw new InvalidRequest(field, 'must be a cursor of this feed, with the same types');
    }
  }

  /** How a stream begins. */
  beginning(): string {
    return `retry: ${RETRY_MS.least + Math.floor(Math.random() * RETRY_MS.spread)}\n\n`;
  }

  events(entries: readonly UserEventEntry[]): string {
    return entries.map((entry) => this.event(entry)).join('');
  }

  caughtUp(position: Position): string {
    return `id: ${this.cursor(position)}\nevent: caught-up\ndata: {}\n\n`;
  }

  /** A comment keeps the connection open; an id without data moves the cursor and is no event. */
  keepAlive(position: Position): string {
    return `: keep-alive\nid: ${this.cursor(position)}\n\n`;
  }

  private event(entry: UserEventEntry): string {
    const data = JSON.stringify(userEventResponse(entry));
    return `id: ${this.cursor(entry.position)}\nevent: ${entry.type}\ndata: ${data}\n\n`;
  }
}
