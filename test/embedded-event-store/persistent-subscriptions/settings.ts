import { persistentSubscriptionToStreamSettingsFromDefaults, START } from '@eventstore/db-client';
import type { PersistentSubscriptionToStreamSettings } from '@eventstore/db-client';

/** Settings that differ from the client's defaults; a group starts at the start unless told otherwise. */
export const settings = (
  changed: Partial<PersistentSubscriptionToStreamSettings> = {},
): PersistentSubscriptionToStreamSettings =>
  persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: START, ...changed });
