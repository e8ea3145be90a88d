import { expect } from '@jest/globals';
import { postgresUrl } from '../support/databases.js';
import { ServiceUnderTest } from '../support/service.js';
import { onOwnStore, skippedOnShared } from './with-service.js';

const places: [string, string][] = [
  ['SQLite', ''],
  ...(postgresUrl === undefined ? [] : [['PostgreSQL', postgresUrl] satisfies [string, string]]),
];

onOwnStore.each(places)(
  `announces a key that works at once, with the read model in %s${skippedOnShared}`,
  async (_, server) => {
    for (let start = 0; start < 3; start++) {
      const service = await ServiceUnderTest.start({ server });
      const { status } = await service.request(`/v2/users/${service.admin.user_id}`);
      await service.dispose();
      expect(status).toBe(200);
    }
  },
  60_000,
);
