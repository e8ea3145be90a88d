import { expect, it } from '@jest/globals';
import { Progress } from '../../src/embedded-event-store/commands/progress.js';
import { eventstore } from '../support/event-store-tools.js';

it('lists the commands', async () => {
  const { code, stdout } = await eventstore(['--help']);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/verify .*\n.*backup .*\n.*export .*\n.*import /)]);
});

it.each(['verify', 'backup', 'export', 'import'])('%s explains itself', async (name) => {
  const { code, stdout, stderr } = await eventstore([name, '--help']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(new RegExp(`^Usage: eventstore ${name} --dir DIR`));
});

it.each<[string, string[]]>([
  ['--dir is missing', ['verify']],
  ['verify takes no more', ['verify', '--dir', 'x', 'more']],
  ['--dir or --file, but not both', ['verify', '--dir', 'x', '--file', 'y']],
  ["Unknown option '--colour'", ['verify', '--colour', 'red']],
  ['FILE is missing', ['backup', '--dir', 'x']],
  ['one FILE is enough, without c', ['backup', '--dir', 'x', 'b', 'c']],
  ['--dir is missing', ['export', '-']],
  ['--json needs a FILE', ['export', '--dir', 'x', '-', '--json']],
  ['FILE is missing', ['import', '--dir', 'x']],
])('wrong usage: %s', async (reason, args) => {
  const { code, stdout, stderr } = await eventstore(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`embedded event store: ${reason}`);
  expect(stderr).toContain('Usage: eventstore ');
});

it.each<[string, string[]]>([
  ['--dir is missing', []],
  ['there is no command fly', ['fly']],
])('wrong usage without a command that there is: %s', async (reason, args) => {
  const { code, stdout, stderr } = await eventstore(args);
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(`store: ${reason}.* \\(see --help\\)\n$`)]);
});

function shown(isTTY: boolean, steps: readonly [at: number, done: number, whole?: number][]): string {
  let [now, text] = [0, ''];
  const progress = new Progress('verified', { isTTY, write: (more) => (text += more) }, () => now);
  for (const [at, done, whole] of steps) {
    now = at;
    progress.show(done, whole);
  }
  progress.end();
  return text;
}

it('shows a bar on a terminal', () => {
  const steps: [number, number, number][] = [
    [100, 1, 10],
    [300, 5, 10],
    [350, 6, 10],
    [600, 10, 10],
  ];
  expect(shown(true, steps)).toBe(
    `\r[${'#'.repeat(20)}${'.'.repeat(20)}] 50 %, 5 of 10 verified\r[${'#'.repeat(40)}] 100 %, 10 of 10 verified\n`,
  );
});

it('shows plain lines elsewhere, and a number where the end is not known', () => {
  expect(
    shown(false, [
      [300, 5, 10],
      [5_000, 7, 10],
      [10_000, 8],
    ]),
  ).toBe('verified: 70 %, 7 of 10\nverified: 8\n');
});
