import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { ServiceUnderTest } from '../support/service.js';
import { noSmallDisk, smallDisk } from '../support/small-disk.js';
import { onOwnStore, problemOf, skippedOnShared, userOf } from './with-service.js';

const onFullDisk = noSmallDisk === undefined ? onOwnStore : it.skip;
const skipped = noSmallDisk ? ` (skipped: ${noSmallDisk})` : skippedOnShared;

onFullDisk(
  `refuses writes with 503 while the disk is full, reads on, and takes them once there is room${skipped}`,
  async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'user-ledger-'));
    const disk = smallDisk(8, join(dataDir, 'eventstore'));
    const service = await ServiceUnderTest.start({ dataDir });
    try {
      const { user_id: userId } = service.admin;
      const rename = (name: string) => service.update(userId, { name });
      await userOf(await rename('Before'));
      disk.fill();
      let refused = await rename('Full 0');
      const told: string[] = ['Before'];
      // What room there is within its files may be used up first.
      for (let turn = 1; refused.status === 200; turn++) {
        told.push(`Full ${turn - 1}`);
        refused = await rename(`Full ${turn}`);
      }
      const problem = await problemOf(refused, 503);
      expect(problem.type).toMatch(/event-store-unavailable|outcome-unknown/);
      const read = await service.request(`/v2/users/${userId}`);
      expect(await userOf(read)).toMatchObject({ name: told.at(-1) });
      await service.printed(/the disk is full: nothing is written until that has changed; reading goes on/);

      disk.free();
      await service.printed(/the disk takes what is written again: writing goes on/);
      let answer = await rename('After');
      // The service may hold its breath a moment longer.
      while (answer.status === 503) answer = await rename('After');
      expect(await userOf(answer)).toMatchObject({ name: 'After' });
      const history = await service.request(`/v2/users/${userId}/history`);
      expect(JSON.stringify(await history.json())).not.toContain(`Full ${told.length - 1}`);
    } finally {
      await service.stop();
      disk.remove();
      await service.dispose();
    }
  },
);
