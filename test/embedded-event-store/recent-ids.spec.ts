import { expect, it } from '@jest/globals';
import { RecentIds } from '../../src/embedded-event-store/recent-ids.js';

const event = (id: number, revision = id) => ({ id: `${id}`, stream: 's', revision, position: revision + 1 }) as never;

it('remembers the last ids by the first event that had them, and no end of them', () => {
  const recent = new RecentIds();
  for (let id = 0; id < 100_000; id++) recent.remember(event(id));
  for (const id of [99_999, 90_000, 75_000]) expect(recent.find(`${id}`)).toMatchObject({ revision: id });
  expect(recent.find('49999')).toBeUndefined();
  recent.remember(event(99_999, 7));
  recent.remember(event(76_000, 7));
  expect([recent.find('99999'), recent.find('76000')]).toMatchObject([{ revision: 99_999 }, { revision: 76_000 }]);
  recent.clear();
  expect([recent.find('99999'), recent.find('76000')]).toEqual([undefined, undefined]);
});
