import { describe, expect, it } from '@jest/globals';
import { Notebook } from '../../../src/event-sourcing/notebook.js';
import { type MailNote, MailQueue, type Pending } from '../../../src/users/invitations/mail-queue.js';

/** What is durable, as a restart finds it: copies, and nothing that was refused. */
class Memory extends Notebook<MailNote> {
  notes: MailNote[] = [];
  added = 0;
  full = false;

  override read(): Promise<readonly MailNote[]> {
    return Promise.resolve(structuredClone(this.notes));
  }
  override add(note: MailNote): Promise<void> {
    if (this.full) return Promise.reject(new Error('full'));
    this.added += JSON.stringify(note).length;
    this.notes.push(structuredClone(note));
    return Promise.resolve();
  }
  override replace(notes: readonly MailNote[]): Promise<void> {
    this.notes = structuredClone([...notes]);
    return Promise.resolve();
  }
}

async function queueOn(notebook: Memory): Promise<MailQueue> {
  const queue = new MailQueue(notebook);
  await queue.open();
  return queue;
}
const pending = (n: number): Pending => ({ userId: `user-${n}`, invitationId: `invitation-${n}` });
const all = (queue: MailQueue): Pending[] => {
  const seen: Pending[] = [];
  for (let next = queue.next; next && !seen.includes(next); next = queue.next) {
    seen.push(next);
    queue.postpone(next);
  }
  return seen;
};

describe('the queue of invitations', () => {
  it('is found again after a restart, with how far the log was read', async () => {
    const notebook = new Memory();
    const queue = await queueOn(notebook);
    expect([queue.next, queue.readTo]).toEqual([undefined, undefined]);
    await queue.add([pending(1), pending(2)], 70n, 40);
    await queue.add([pending(3)], 90n, 5);
    await queue.done(pending(2));
    const again = await queueOn(notebook);
    expect([all(again), again.size, again.readTo]).toEqual([[pending(1), pending(3)], 2, 90n]);
  });
  it('takes no note of events without invitations, but now and then and at the end', async () => {
    const notebook = new Memory();
    const queue = await queueOn(notebook);
    for (let i = 1; i <= 9_999; i++) await queue.add([], BigInt(i), 1);
    expect((await queueOn(notebook)).readTo).toBeUndefined();
    await queue.add([], 10_000n, 1);
    expect((await queueOn(notebook)).readTo).toBe(10_000n);
    await queue.add([], 10_001n, 1);
    await queue.note();
    expect((await queueOn(notebook)).readTo).toBe(10_001n);
  });
  it('notes as much for one that is over however many wait', async () => {
    const costs = await Promise.all(
      [10, 5_000].map(async (count) => {
        const notebook = new Memory();
        const queue = await queueOn(notebook);
        await queue.add(
          Array.from({ length: count }, (_, i) => pending(i)),
          1n,
          count,
        );
        notebook.added = 0;
        await queue.done(pending(1));
        return notebook.added;
      }),
    );
    expect(costs[1]).toBe(costs[0]);
  });
  it('throws out the notes of what is over', async () => {
    const notebook = new Memory();
    const queue = await queueOn(notebook);
    for (let i = 0; i < 3_000; i++) {
      await queue.add([pending(i)], BigInt(i), 1);
      if (i > 0) await queue.done(pending(i));
    }
    expect(notebook.notes.length).toBeLessThan(1_100);
    const again = await queueOn(notebook);
    expect([all(again), again.readTo]).toEqual([[pending(0)], 2_999n]);
  });
  it('that cannot note goes on, and a restart mails again rather than never', async () => {
    const notebook = new Memory();
    const queue = await queueOn(notebook);
    await queue.add([pending(1)], 1n, 1);
    notebook.full = true;
    await expect(queue.done(pending(1))).rejects.toThrow('full');
    expect([queue.next, (await queueOn(notebook)).next]).toEqual([undefined, pending(1)]);
  });
});
