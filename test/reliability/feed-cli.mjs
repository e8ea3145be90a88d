// Runs the test of the feed with as many cycles as wanted: npm run test:feed -- --cycles 100 --seed 42
import { longRun } from './long-run.mjs';

longRun({
  command: 'test:feed',
  about: `Kills the service under load, again and again, while consumers of every kind come, go and
dawdle, and checks that each of them has every event in the end: over HTTP once and in order.`,
  prefix: 'FEED',
  options: {
    cycles: {
      ...{ value: 'N', about: 'how many crashes of the service, 1 to 1000000 (default 50)' },
      ...{ least: 1, most: 1_000_000, default: '50' },
    },
  },
  specs: ['test/reliability/feed.spec.ts'],
});
