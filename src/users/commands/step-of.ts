import { randomUUID } from 'node:crypto';
import type { Context } from '../../event-sourcing/fact.js';

/**
 * The context of a step that comes before a command's own append, in another stream: an id of its own, so that no two events
 * have the same one, and none that the caller chose, for such a step is safe to repeat by itself.
 */
export function stepOf({ commandFingerprint: _chosen, ...context }: Context): Context {
  return { ...context, commandId: randomUUID() };
}
