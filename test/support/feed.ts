import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { AnyRow } from '../../src/event-sourcing/projection.js';
import { type CommitListener, ProjectionProgress, type Stored } from '../../src/event-sourcing/read-model.js';
import { Cursors } from '../../src/http/cursors.js';
import { EventFrames, type FeedFilter } from '../../src/users/http/event-frames.js';
import { EventStream } from '../../src/users/http/event-stream.js';
import type { Client } from '../../src/users/http/event-streams.js';
import { auditEntry } from '../../src/users/projections/audit-entry.chronicle.js';
import type { UserEventEntry } from '../../src/users/queries/find-user-events.handler.js';
import { readServerSentEvents, type ServerSentEvents } from './server-sent-events.js';

export const cursors = new Cursors(Buffer.alloc(32, 7));

/** An answer whose reader takes everything at once, unless it is told to take nothing. */
export class FakeResponse extends EventEmitter {
  text = '';
  destroyed = false;
  writableEnded = false;
  writableLength = 0;
  stalled = false;

  write(text: string): boolean {
    this.text += text;
    if (this.stalled) this.writableLength += Buffer.byteLength(text);
    return !this.stalled;
  }
  end(): void {
    this.writableEnded = true;
    if (!this.stalled) this.close();
  }
  destroy(): void {
    this.destroyed = true;
    this.close();
  }
  close(): void {
    this.emit('close');
  }
  drained(): void {
    this.stalled = false;
    this.writableLength = 0;
    this.emit('drain');
  }
  writeHead(): void {
    this.text = '';
  }
  flushHeaders(): void {
    this.text = '';
  }
  get read(): ServerSentEvents {
    return readServerSentEvents(this.text);
  }
  get asResponse(): ServerResponse {
    return this as unknown as ServerResponse;
  }
}

/** A read model that commits what a test says. */
export class FakeProgress extends ProjectionProgress {
  override position = 0n;
  private readonly listeners: CommitListener[] = [];
  override reached(): Promise<void> {
    return Promise.resolve();
  }
  override onCommitted(listener: CommitListener): void {
    this.listeners.push(listener);
  }
  override onDoubt = (): void => undefined;
  commit(table: string, rows: Readonly<Record<string, object>>): void {
    const byKey = new Map(Object.entries(rows) as [string, Stored<AnyRow>][]);
    for (const listener of this.listeners) listener(table, byKey);
  }
  /** Commits entries of the audit trail. */
  happened(...entries: readonly UserEventEntry[]): void {
    this.position = entries.at(-1)?.position ?? this.position;
    this.commit(auditEntry.name, Object.fromEntries(entries.map((entry, i) => [String(i), entry])));
  }
}

/** A rename as the trail has it. */
export function entry(position: bigint, given: Partial<UserEventEntry> = {}): UserEventEntry {
  const data = JSON.stringify({ userId: 'U', from: 'Ada', to: `Ada ${position.toString()}` });
  const told = { accountId: 'A', eventId: `E${position.toString()}`, type: 'UserRenamed', data };
  const occurredAt = '2026-01-02T03:04:05.678Z';
  return { ...told, occurredAt, traceparent: null, revision: 0n, position, ...given } as UserEventEntry;
}

type Wanted = Readonly<{ filter: FeedFilter; userId: string; apiKeyId: string; mayStay: () => Promise<boolean> }>;

/** A client of the feed, with what it is sent. */
export function feedClient(wanted: Partial<Wanted> = {}): {
  client: Client;
  response: FakeResponse;
  frames: EventFrames;
} {
  const response = new FakeResponse();
  const filter = wanted.filter ?? { accountId: 'A', types: undefined };
  const stream = new EventStream(response.asResponse);
  const rights = { userId: 'U', apiKeyId: 'K', mayStay: () => Promise.resolve(true) };
  return { client: { stream, ...rights, ...wanted, filter }, response, frames: new EventFrames(filter, cursors) };
}
