import { describe, expect, it } from '@jest/globals';
import type { AppendJob } from '../../../src/infrastructure/event-store/append-job.js';
import { type Attempt, InFlight } from '../../../src/infrastructure/event-store/in-flight.js';

const job = (bytes: number) => ({ bytes }) as AppendJob;
const attempt = (bytes: number) => ({ job: job(bytes) }) as Attempt;

describe('what the client holds', () => {
  it('is bounded in bytes, though a single append always has room', () => {
    const inFlight = new InFlight({ appendsInFlight: 15, bytesInFlight: 100 });
    expect(inFlight.hasRoomFor(job(101))).toBe(true);
    const first = attempt(60);
    inFlight.add(first);
    expect([40, 41].map((bytes) => inFlight.hasRoomFor(job(bytes)))).toEqual([true, false]);
    inFlight.remove(first);
    expect(inFlight.hasRoomFor(job(101))).toBe(true);
  });

  it('is bounded in number', () => {
    const inFlight = new InFlight({ appendsInFlight: 2, bytesInFlight: 100 });
    inFlight.add(attempt(1));
    expect(inFlight.hasRoomFor(job(1))).toBe(true);
    inFlight.add(attempt(1));
    expect(inFlight.hasRoomFor(job(1))).toBe(false);
  });
});
