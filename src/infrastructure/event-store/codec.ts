import type { AnyCatalogue, Upcasters } from '../../event-sourcing/catalogue.js';
import type { NewEvent } from '../../event-sourcing/event-store.js';
import type { Recorded } from '../../event-sourcing/fact.js';
import { Decoder, type StoredEvent } from './decode.js';
import { type Encoded, Encoder } from './encode.js';
import { schemasOf } from './schemas.js';
import { defaultLimits } from './settings.js';

/** Between facts and stored events, by the catalogue. Only today's version of an event leaves it, in and out. */
export class Codec {
  private readonly encoder: Encoder;
  private readonly decoder: Decoder;

  constructor(catalogue: AnyCatalogue, upcasters: Upcasters, mostBytes = defaultLimits.appendBytes) {
    const schemas = schemasOf(catalogue);
    this.encoder = new Encoder(schemas, mostBytes);
    this.decoder = new Decoder(schemas, upcasters);
  }

  /** @throws EventTooLarge | TypeError before anything was sent */
  encode(events: readonly NewEvent[]): Encoded {
    return this.encoder.encode(events);
  }

  /** @throws UnreadableEvent */
  decode(stored: StoredEvent): Recorded {
    return this.decoder.decode(stored);
  }
}
