import { expect, it } from '@jest/globals';
import { ServiceUnderTest } from '../support/service.js';

it('announces a key that works at once', async () => {
  for (let start = 0; start < 3; start++) {
    const service = await ServiceUnderTest.start();
    const { status } = await service.request(`/v2/users/${service.admin.user_id}`);
    await service.dispose();
    expect(status).toBe(200);
  }
});
