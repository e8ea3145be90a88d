import { expect, it } from '@jest/globals';
import { newDirectory } from '../support/embedded-event-store.js';
import { openDatabase } from '../../src/embedded-event-store/database.js';
import { Log } from '../../src/embedded-event-store/log.js';
import { parseMetadata } from '../../src/embedded-event-store/stream-metadata.js';
import { VisibleLog } from '../../src/embedded-event-store/visible-log.js';

it('hides events of an age', () => {
  const log = new Log(openDatabase(newDirectory()));
  const nothing = Buffer.alloc(0);
  const insert = (stream: string, revision: number, created: number, data = '{}') =>
    log.insert(
      { id: `${revision}`, type: 'T', isJson: true, metadata: nothing, data: Buffer.from(data) },
      stream,
      revision,
      created,
    );
  log.transaction(() => {
    for (let revision = 0; revision < 9; revision++) insert('s', revision, revision * 1_000);
    insert('$$s', 0, 0, '{"$maxAge":3}');
  });
  const at = (now: number) => new VisibleLog(log, () => now).streamForwards('s', 0, 99).map(({ revision }) => revision);
  expect(at(8_000)).toEqual([5, 6, 7, 8]);
  expect(at(8_001)).toEqual([6, 7, 8]);
  expect(at(1_000)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(at(99_000)).toEqual([]);
  log.close();
});

/** Metadata of these very letters. */
function parsed(text: string) {
  const place = { position: 1, stream: '$$s', revision: 0, created: 0 };
  const event = { id: '1', type: '$metadata', isJson: true, metadata: Buffer.alloc(0), data: Buffer.from(text) };
  return parseMetadata({ ...place, ...event });
}

it.each(['{"$maxCount":1', '[{"$maxCount":1}]', '"$maxCount"', 'null', ''])(
  'takes a document that is no object of JSON for none: %s',
  (text) => {
    expect(parsed(text)).toEqual({ deleted: false, json: {} });
  },
);

it.each<[string, number | undefined, boolean]>([
  ['{"$tb":9223372036854775807}', 2 ** 63, true],
  ['{ "\\u0024tb" : 9223372036854775807 }', 2 ** 63, true],
  ['{"$tb":1,"$tb":9223372036854775807}', 2 ** 63, true],
  ['{"$tb":9223372036854775806}', 2 ** 63, false],
  ['{"a":{"$tb":9223372036854775807},"b":"\\"\\\\","$tb":3,"c":"{\\"$tb\\":9223372036854775807}"}', 3, false],
  ['{"$tb":9223372036854775808}', undefined, false],
  ['{"$tb":-9223372036854775809}', undefined, false],
  ['{"$tb":3.0}', undefined, false],
  ['{"$tb":3e0}', undefined, false],
  ['{"$tb":"3"}', undefined, false],
])('tells a deleted stream by the very number: %s', (text, truncateBefore, deleted) => {
  expect(parsed(text)).toMatchObject(truncateBefore === undefined ? { deleted } : { truncateBefore, deleted });
  expect(Object.hasOwn(parsed(text), 'truncateBefore')).toBe(truncateBefore !== undefined);
});
