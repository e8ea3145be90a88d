// Runs the tests of overload for as long as wanted: npm run test:overload -- --seconds 60
import { longRun } from './long-run.mjs';

longRun({
  command: 'test:overload',
  about: `Asks ten times as many clients to change a user as keep the service busy, and sends it hostile
requests among good ones; checks that as much gets done, in bounded memory.`,
  prefix: 'OVERLOAD',
  options: {
    seconds: {
      ...{ value: 'N', about: 'how long, 1 to 3600 (default 60)' },
      ...{ least: 1, most: 3_600, default: '60' },
    },
  },
  specs: ['test/reliability/overload.spec.ts', 'test/reliability/shedding.spec.ts'],
});
