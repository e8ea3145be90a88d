import { expect, it } from '@jest/globals';
import { openDatabase } from '../../../src/embedded-event-store/database.js';
import { Log } from '../../../src/embedded-event-store/log.js';
import { Groups } from '../../../src/embedded-event-store/persistent-subscriptions/groups.js';
import { RecentEvents } from '../../../src/embedded-event-store/recent-events.js';
import { VisibleLog } from '../../../src/embedded-event-store/visible-log.js';
import { Writer } from '../../../src/embedded-event-store/writer.js';
import { newDirectory } from '../../support/embedded-event-store.js';
import { SETTINGS, storedEvent } from './fake-group.js';

it('whose checkpoint is damaged is told to those who ask for it, can be deleted, and stops nobody else', async () => {
  const database = openDatabase(newDirectory());
  const log = new Log(database);
  const recent = new RecentEvents(log.lastPosition);
  const store = { log: new VisibleLog(log), recent, writer: new Writer(log, recent) };
  const group = (source: string) => ({ source, group: 'g', settings: SETTINGS, startFrom: 0, startAfter: -1 });
  const groups = new Groups(store);
  await groups.create(group('a'));
  await groups.create(group('b'));
  groups.close();
  const checkpoint = storedEvent(0, '$persistentsubscription-a::g-checkpoint');
  log.transaction(() => log.insert(checkpoint, checkpoint.stream, 0, 0));
  database.prepare("UPDATE events SET data = x'00' WHERE stream = ?").run(checkpoint.stream);

  const again = new Groups(store);
  expect(() => again.find(group('a'))).toThrow('corrupt event store: event 0 of stream $persistentsubscription-a::g');
  expect(again.list().map(({ config }) => config.source)).toEqual(['b']);
  await again.create(group('c'));
  await expect(again.create(group('a'))).rejects.toThrow('exists');
  await again.restart();
  expect(() => again.find(group('a'))).toThrow('corrupt');
  await again.delete(group('a'));
  expect(() => again.find(group('a'))).toThrow('does not exist');
  await again.restart();
  expect(again.list().map(({ config }) => config.source)).toEqual(['b', 'c']);
  again.close();
  log.close();
});
