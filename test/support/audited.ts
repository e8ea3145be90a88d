import { expect } from '@jest/globals';
import { eventually, readLog, streamOf } from './load.js';
import type { ServiceUnderTest } from './service.js';

type Entry = Readonly<{ id: string; outcome: string; changes: readonly unknown[] }>;

/** Every event of these users has exactly one entry in the audit trail, in order, with the right before and after. */
export async function expectAudited(service: ServiceUnderTest, userIds: readonly string[]): Promise<void> {
  const logs = await readLog(service.admin.eventstore_url, userIds.map(streamOf));
  for (const [i, userId] of userIds.entries()) {
    let name: unknown = null;
    const expected = (logs[i] ?? []).map(({ id, type, data }) => {
      const [before, after] = [name, type === 'UserAdded' ? data.name : data.to];
      name = after;
      return { id: Buffer.from(`AuditEvent:${id}`).toString('base64'), name: { field: 'name', before, after } };
    });
    let told: readonly Entry[] = [];
    await eventually('the trail has as many entries as there are events', async () => {
      told = await historyOf(service, userId);
      return told.length >= expected.length;
    });
    const names = told.map(({ id, changes }) => ({ id, name: changes[0] }));
    expect(names).toEqual(expected);
    expect(told.filter(({ outcome, changes }, at) => outcome !== 'applied' || (at > 0 && changes.length > 1))).toEqual(
      [],
    );
  }
}

async function historyOf(service: ServiceUnderTest, userId: string): Promise<Entry[]> {
  const headers = { accept: 'application/x-ndjson' };
  const response = await service.request(`/v2/users/${encodeURIComponent(userId)}/history?order=asc`, { headers });
  const text = await response.text();
  expect({ status: response.status, text }).toEqual({ status: 200, text });
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Entry);
}
