// Runs the test of several instances in its long form: npm run test:instances -- --cycles 10 --seed 42
import { longRun } from './long-run.mjs';

longRun({
  command: 'test:instances',
  about: `Kills, and stops for a while, the instance that tells the read model, of two on one event store and one
PostgreSQL, under load: the other tells it within 10 s, with nothing missed and nothing doubled, and
whoever reads what they have written, through either, is never shown what was there before.`,
  prefix: 'INSTANCES',
  options: {
    cycles: {
      ...{ value: 'N', about: 'how many kills, and how many stops, 1 to 1000000 (default 10)' },
      ...{ least: 1, most: 1_000_000, default: '10' },
    },
    pause: {
      ...{ value: 'SECONDS', about: 'how long one is stopped, 1 to 3600 (default 30)' },
      ...{ least: 1, most: 3_600, default: '30' },
    },
    lease: {
      ...{ value: 'SECONDS', about: 'DATABASE_LEASE of both, 1 to 60 (default 6)' },
      ...{ least: 1, most: 60, default: '6' },
    },
  },
  specs: ['test/reliability/instances.spec.ts'],
});
