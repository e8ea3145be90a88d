// Runs the test over a bad network with as many faults as wanted: npm run test:chaos -- --cycles 50 --seed 42
import { longRun } from './long-run.mjs';

longRun({
  command: 'test:chaos',
  about: `Cuts, delays, silences and garbles the connection between the service and the event store,
20 commands to each fault, and checks that nothing is lost, nothing is done twice, and that
every command sent again is answered with the truth.`,
  prefix: 'CHAOS',
  options: {
    cycles: {
      ...{ value: 'N', about: 'how many faults, 1 to 1000000 (default 50, which is 1000 commands)' },
      ...{ least: 1, most: 1_000_000, default: '50' },
    },
  },
  specs: ['test/reliability/chaos.spec.ts'],
});
