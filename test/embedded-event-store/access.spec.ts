import { expect, it } from '@jest/globals';
import { onlyAdminIs } from '../../src/embedded-event-store/listening/access.js';

const identify = onlyAdminIs({ name: 'ada', password: 'a: secret äöü' });
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

it.each([
  [basic('ada:a: secret äöü'), 'admin'],
  [basic('ada:a: secret äöü').replace('Basic', 'BASIC'), 'admin'],
  [basic('ada:a: secret äöu'), 'impostor'],
  [basic('ada:a: secret äöü '), 'impostor'],
  [basic('Ada:a: secret äöü'), 'impostor'],
  [basic('ada:'), 'impostor'],
  [basic('ada'), 'impostor'],
  [basic(':'), 'impostor'],
  ['Basic', 'anonymous'],
  ['Basic ', 'anonymous'],
  ['Basic %%%', 'anonymous'],
  [basic('ada:a: secret äöü').replace('Basic', 'Bearer'), 'anonymous'],
  ['', 'anonymous'],
  [undefined, 'anonymous'],
])('who says %j is %s', (header, caller) => {
  expect(identify(header)).toBe(caller);
});
