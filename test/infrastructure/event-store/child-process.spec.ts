import { execFile } from 'node:child_process';
import grpc from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { script } from '../../support/scripted-calls.js';
import { ScriptedEventStore } from '../../support/scripted-event-store.js';

let server: ScriptedEventStore;
beforeEach(async () => {
  server = await ScriptedEventStore.start();
});
afterEach(() => {
  server.stop();
});

type Ended = { code: number; stdout: string; stderr: string };

function storm(how: 'bare' | 'adapter', count: number, size: number): Promise<Ended> {
  const folder = 'test/infrastructure/event-store';
  const args = ['--import', `./${folder}/typescript.mjs`, `${folder}/append-storm.child.ts`];
  return new Promise((resolve) => {
    execFile(process.execPath, [...args, server.url, how, `${count}`, `${size}`], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

describe('the process of an appending adapter', () => {
  it.each(['bare', 'adapter'] as const)(
    'writes large appends to a store that reads nothing and then fails: through the %s',
    async (how) => {
      server.takesAppends = false;
      const ended = storm(how, 40, 200_000);
      await server.until(() => server.batchCalls === 1);
      server.takesAppends = true;
      server.failBatches(grpc.status.UNAVAILABLE);
      const { code, stdout, stderr } = await ended;
      if (how === 'bare') expect([code, stderr]).toEqual([1, expect.stringContaining('UNAVAILABLE')]);
      else {
        expect([code, stderr]).toEqual([0, '']);
        expect(JSON.parse(stdout)).toEqual(Array.from({ length: 40 }, () => 'stored'));
      }
    },
  );

  it('outlives a store that takes in, ends, fails and is silent in turn', async () => {
    const { endOk, fail, loseAnswer, storeAndFail } = script.append;
    const turns = [endOk, fail(grpc.status.CANCELLED), loseAnswer, storeAndFail(grpc.status.UNKNOWN), script.silence];
    for (let i = 0; i < 10; i++) for (const turn of turns) server.onAppend.push(script.append.commit, turn);
    const { code, stdout, stderr } = await storm('adapter', 200, 10);
    expect([code, stderr]).toEqual([0, '']);
    const outcomes = JSON.parse(stdout) as string[];
    const stored = outcomes.filter((one) => one === 'stored').length;
    expect(outcomes).toHaveLength(200);
    expect(server.held.length).toBeGreaterThanOrEqual(stored);
    expect(new Set(server.held.map(({ id }) => id)).size).toBe(server.held.length);
  });
});
