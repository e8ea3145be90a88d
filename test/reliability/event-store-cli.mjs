// Runs the proofs of the embedded event store at any length: npm run test:eventstore -- --cycles 200 --seed 42
import { longRun } from './long-run.mjs';

longRun({
  command: 'test:eventstore',
  about: `Holds the embedded event store against a model, whatever the order of appends, reads, deletions and
restarts; kills it under load; and sends it mutated messages. Nothing acknowledged may be lost,
nothing may be there or delivered twice, and nobody may be harmed by what somebody else sends.`,
  prefix: 'EVENTSTORE',
  options: {
    cycles: {
      ...{ value: 'N', about: 'how many kills, histories and rounds of mutations, 1 to 1000000 (default 200)' },
      ...{ least: 1, most: 1_000_000, default: '200' },
    },
    events: {
      ...{ value: 'N', about: 'events stored before the first kill, 0 to 10000000 (default 100000)' },
      ...{ least: 0, most: 10_000_000, default: '100000' },
    },
  },
  specs: [
    'test/embedded-event-store/properties/model.spec.ts',
    'test/embedded-event-store/properties/hand-over.spec.ts',
    'test/embedded-event-store/crash.spec.ts',
    'test/embedded-event-store/hostile.spec.ts',
    'test/embedded-event-store/fuzz.spec.ts',
  ],
});
