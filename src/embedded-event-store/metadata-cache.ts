import type { StoredEvent } from './event.js';
import { NO_METADATA, OF_METADATA_STREAMS, parseMetadata } from './stream-metadata.js';
import type { StreamMetadata } from './stream-metadata.js';

const MOST_REMEMBERED = 10_000;

/** The metadata of streams, most of which have none; read once and remembered until it changes. */
export class MetadataCache {
  readonly #load: (stream: string) => StoredEvent | undefined;
  readonly #known = new Map<string, StreamMetadata>();

  constructor(load: (stream: string) => StoredEvent | undefined) {
    this.#load = load;
  }

  of(stream: string): StreamMetadata {
    if (stream.startsWith('$$')) return OF_METADATA_STREAMS;
    let metadata = this.#known.get(stream);
    if (!metadata) {
      if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
      const event = this.#load(stream);
      metadata = event ? parseMetadata(event) : NO_METADATA;
      this.#known.set(stream, metadata);
    }
    return metadata;
  }

  /** To be told of every event written: it may be the metadata of another stream. */
  onWritten({ stream }: StoredEvent): void {
    if (stream.startsWith('$$')) this.#known.delete(stream.slice(2));
  }

  /** Forgets what it remembers of a transaction that failed. */
  forget(): void {
    this.#known.clear();
  }
}
