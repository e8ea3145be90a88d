import { v5 as uuidV5 } from 'uuid';
import type { NewEvent } from '../../event-sourcing/event-store.js';
import type { AnyFact, Context, Meta } from '../../event-sourcing/fact.js';
import type { AnyCatalogue } from '../../event-sourcing/catalogue.js';

/**
 * Makes facts into events to append: the one place where metadata is written.
 * Ids are UUIDv5 of command id and index (RFC 9562), so that the store knows a repeated append when it sees one.
 */
export function stamp<E extends AnyFact>(
  facts: readonly E[],
  context: Context,
  catalogue: AnyCatalogue,
  now: Date,
): NewEvent<E>[] {
  const occurredAt = now.toISOString();
  return facts.map((fact, index) => {
    const schemaVersion = catalogue[fact.type]?.version;
    if (schemaVersion === undefined) throw new TypeError(`${fact.type} stands in no catalogue`);
    const meta: Meta = {
      ...context,
      schemaVersion,
      occurredAt,
      $correlationId: context.requestId,
      $causationId: context.commandId,
    };
    return { ...fact, id: uuidV5(String(index), context.commandId), meta };
  });
}
