import type { Upcasters } from '../../event-sourcing/catalogue.js';
import { accountEvents } from './account.events.js';
import { apiKeyEvents } from './api-key.events.js';
import { auditReadingEvents } from './audit-reading.events.js';
import { denialEvents } from './denial.events.js';
import { userEvents } from './user.events.js';

/** Every event this service writes and reads. */
export const eventCatalogue = {
  ...userEvents,
  ...accountEvents,
  ...apiKeyEvents,
  ...denialEvents,
  ...auditReadingEvents,
};

/** Once UserRenamed is at version 2: `'UserRenamed.1': (data) => ({ ...data, reason: null })`. */
export const upcasters: Upcasters = {};
