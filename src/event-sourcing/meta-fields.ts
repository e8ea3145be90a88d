import type { KindsOf } from './catalogue.js';
import type { ActorMeta, Meta } from './fact.js';

type Sometimes = 'commandFingerprint' | 'traceparent';

/** What the metadata of every event holds besides its actor. */
export const metaFields: KindsOf<Omit<Meta, 'actor' | Sometimes>> = {
  schemaVersion: 'integer',
  accountId: 'string',
  rule: 'string',
  requestId: 'string',
  ip: 'string?',
  userAgent: 'string?',
  commandId: 'string',
  occurredAt: 'time',
  $correlationId: 'string',
  $causationId: 'string',
};

/** What metadata says of its actor. */
export const actorFields: KindsOf<ActorMeta> = {
  userId: 'string',
  name: 'string',
  role: 'string',
  apiKeyId: 'string?',
};

/** What only some metadata holds. */
export const sometimesMetaFields: KindsOf<Required<Pick<Meta, Sometimes>>> = {
  commandFingerprint: 'string',
  traceparent: 'string',
};

/** Which of it is personal data. */
export const personalMeta: readonly (keyof Meta)[] = ['ip', 'userAgent'];
export const personalActor: readonly (keyof ActorMeta)[] = ['name'];
