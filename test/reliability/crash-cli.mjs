// Runs the crash test with as many cycles as wanted: npm run test:crash -- --cycles 1000 --seed 42
import { longRun } from './long-run.mjs';

longRun({
  command: 'test:crash',
  about: `Kills the event store, the service, or both, under load, again and again, and checks
that nothing acknowledged is lost and nothing is done twice.`,
  prefix: 'CRASH',
  options: {
    cycles: {
      ...{ value: 'N', about: 'how many kills, 1 to 1000000 (default 100)' },
      ...{ least: 1, most: 1_000_000, default: '100' },
    },
  },
  specs: ['test/reliability/crash.spec.ts'],
});
