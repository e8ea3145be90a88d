import { expect, it } from '@jest/globals';
import { explain } from '../src/explain.js';
import { InvalidSettings } from '../src/settings.js';

it('names the port that is taken, however it came to be asked for', () => {
  const taken = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', port: 3210 });
  expect(explain(taken)).toBe('port 3210 is in use; set PORT to another, or 0 for any free one');
});
it('says what an operator can mend in one line', () => {
  expect(explain(new InvalidSettings('PORT must be a port'))).toBe('PORT must be a port');
});
it('shows where a fault of ours comes from', () => {
  expect(explain(new Error('a fault'))).toMatch(/^Error: a fault\n +at /);
});
