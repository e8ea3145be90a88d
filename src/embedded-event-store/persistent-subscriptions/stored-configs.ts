import { randomUUID } from 'node:crypto';
import { unavailable } from '../errors.js';
import { NO_REVISION } from '../event.js';
import type { ProposedEvent } from '../event.js';
import { metadataEvent, metadataStreamOf } from '../stream-metadata.js';
import type { VisibleLog } from '../visible-log.js';
import type { Writer } from '../writer.js';
import type { GroupConfig } from './group-config.js';

const STREAM = '$persistentSubscriptionConfig';

/** The configuration of all groups, which is one document: its last version counts. */
export class StoredConfigs {
  readonly #log: VisibleLog;
  readonly #writer: Writer;

  constructor(log: VisibleLog, writer: Writer) {
    this.#log = log;
    this.#writer = writer;
  }

  load(): readonly GroupConfig[] {
    const [event] = this.#log.streamBackwards(STREAM, Number.MAX_SAFE_INTEGER, 1);
    if (!event) return [];
    return (JSON.parse(Buffer.from(event.data).toString()) as { entries: GroupConfig[] }).entries;
  }

  /** Resolves once it is stored. */
  async save(entries: readonly GroupConfig[]): Promise<void> {
    if (this.#log.lastRevision(STREAM) === NO_REVISION) {
      await this.#append(metadataStreamOf(STREAM), metadataEvent('{"$maxCount":2}'));
    }
    const document = JSON.stringify({ version: '2', updated: new Date(), updatedBy: 'system', entries });
    const type = '$PersistentConfig';
    const nothing = new Uint8Array(0);
    await this.#append(STREAM, {
      id: randomUUID(),
      type,
      isJson: true,
      metadata: nothing,
      data: Buffer.from(document),
    });
  }

  async #append(stream: string, event: ProposedEvent): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#writer.append({ stream, expected: 'any', events: [event] }, (result) => {
        if (result.type === 'appended') resolve();
        else reject(unavailable(result.type === 'unavailable' ? result.reason : result.type));
      });
    });
  }
}
