import type { Catalogue } from '../../event-sourcing/catalogue.js';
import type { Fact } from '../../event-sourcing/fact.js';

/** Somebody was refused to change something: which command, of which user, which fields, and the right they lacked. */
export type AccessDenied = Fact<
  'AccessDenied',
  { action: string; targetId: string; fields: readonly string[]; missing: string }
>;
/** So many more refusals by one key, in a flood of which not each is told. */
export type AccessDenialsCounted = Fact<
  'AccessDenialsCounted',
  { apiKeyId: string; count: number; since: string; until: string }
>;
export type DenialEvent = AccessDenied | AccessDenialsCounted;

export const denialEvents: Catalogue<DenialEvent> = {
  AccessDenied: {
    says: 'Somebody was refused to change something.',
    version: 1,
    fields: { action: 'string', targetId: 'string', fields: 'strings', missing: 'string' },
    personal: [],
  },
  AccessDenialsCounted: {
    says: 'Further refusals of one API key were counted.',
    version: 1,
    fields: { apiKeyId: 'string', count: 'integer', since: 'time', until: 'time' },
    personal: [],
  },
};
