import { randomUUID } from 'node:crypto';
import type { ProposedEvent } from '../event.js';
import { LINK } from '../link-stream.js';
import { resolve } from '../resolve.js';
import { metadataStreamOf, truncation } from '../stream-metadata.js';
import type { VisibleLog } from '../visible-log.js';
import type { Writer } from '../writer.js';
import { keyOf, placeText } from './group-config.js';
import type { GroupName } from './group-errors.js';
import type { Journal } from './journal.js';
import { originalOf, subjectOf } from './message.js';
import type { Message } from './message.js';
import type { Done } from './progress.js';
import type { ParkedMessages } from './replay.js';

export const checkpointStreamOf = (name: GroupName): string => `$persistentsubscription-${keyOf(name)}-checkpoint`;
export const parkedStreamOf = (name: GroupName): string => `$persistentsubscription-${keyOf(name)}-parked`;

/** What a group writes down in streams of its own, among all others. */
export class StoredJournal implements Journal {
  readonly checkpoint: number | undefined;
  readonly parked: ParkedMessages;
  readonly #name: GroupName;
  readonly #log: VisibleLog;
  readonly #writer: Writer;

  constructor(name: GroupName, log: VisibleLog, writer: Writer) {
    const parkedStream = parkedStreamOf(name);
    this.#name = name;
    this.#log = log;
    this.#writer = writer;
    this.checkpoint = this.#readCheckpoint();
    this.parked = {
      first: () => log.firstRevision(parkedStream),
      end: () => log.lastRevision(parkedStream) + 1,
      read: (from, limit) => this.#readParked(from, limit),
      truncate: (before) => {
        const event = truncation(log.metadataOf(parkedStream), before);
        this.#append(metadataStreamOf(parkedStream), event, () => undefined);
      },
    };
  }

  writeCheckpoint(place: number, done: Done): void {
    const text = placeText(this.#name.source, place);
    this.#append(checkpointStreamOf(this.#name), eventOf('SubscriptionCheckpoint', true, JSON.stringify(text)), done);
  }

  park(message: Message, reason: string, done: Done): void {
    const { stream, revision, type, data } = subjectOf(message);
    const isBroken = type === LINK && !message.resolved.event;
    const about = { added: new Date(), reason, subscriptionEventNumber: originalOf(message).revision };
    const link = eventOf(LINK, false, isBroken ? data : `${revision}@${stream}`, about);
    this.#append(parkedStreamOf(this.#name), link, done);
  }

  #readCheckpoint(): number | undefined {
    const [event] = this.#log.streamBackwards(checkpointStreamOf(this.#name), Number.MAX_SAFE_INTEGER, 1);
    const place = /\d+/.exec(Buffer.from(event?.data ?? '').toString())?.[0];
    return place === undefined ? undefined : Number(place);
  }

  #readParked(from: number, limit: number): Message[] {
    const records = this.#log.streamForwards(parkedStreamOf(this.#name), from, limit);
    return records.map((link) => {
      const { event } = resolve(link, this.#log);
      return { resolved: event === link ? { link } : { event, link }, parkedAt: link.revision, retries: 0 };
    });
  }

  #append(stream: string, event: ProposedEvent, done: Done): void {
    this.#writer.append({ stream, expected: 'any', events: [event] }, ({ type }) => {
      done(type === 'appended');
    });
  }
}

const eventOf = (type: string, isJson: boolean, data: string | Uint8Array, metadata?: object): ProposedEvent => ({
  id: randomUUID(),
  type,
  isJson,
  metadata: Buffer.from(metadata ? JSON.stringify(metadata) : ''),
  data: Buffer.from(data),
});
