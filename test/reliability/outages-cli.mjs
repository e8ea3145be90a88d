// Runs the tests of outages in their long form: npm run test:outages -- --restarts 100 --seed 42
import { longRun } from './long-run.mjs';

longRun({
  command: 'test:outages',
  about: `Takes the event store away for a minute, and starts it anew again and again under load;
waits for a store that never comes up, and fills its disk; takes PostgreSQL away.`,
  prefix: 'OUTAGES',
  options: {
    restarts: {
      ...{ value: 'N', about: 'how many restarts, 1 to 1000000 (default 100)' },
      ...{ least: 1, most: 1_000_000, default: '100' },
    },
  },
  specs: ['test/reliability/outages.spec.ts'],
});
