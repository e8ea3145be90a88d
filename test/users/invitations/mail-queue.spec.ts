import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Notebook } from '../../../src/event-sourcing/notebook.js';
import { type MailNote, MailQueue, type Pending } from '../../../src/users/invitations/mail-queue.js';

/** What is durable, as a restart finds it: copies, and nothing that was refused. */
class Memory extends Notebook<MailNote> {
  notes: MailNote[] = [];
  added = 0;
  full = false;
  /** What comes before the next thing that is written, and may fail it. */
  before: Promise<void> | undefined;

  override read(): Promise<readonly MailNote[]> {
    return this.full ? Promise.reject(new Error('full')) : Promise.resolve(structuredClone(this.notes));
  }
  override async add(...notes: readonly MailNote[]): Promise<void> {
    await this.turn();
    this.added += JSON.stringify(notes).length;
    this.notes.push(...structuredClone(notes));
  }
  override async replace(notes: readonly MailNote[]): Promise<void> {
    const copies = structuredClone([...notes]);
    await this.turn();
    this.notes = copies;
  }
  private async turn(): Promise<void> {
    if (this.full) throw new Error('full');
    const { before } = this;
    this.before = undefined;
    await before;
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
/** Whether a restart on these notes comes to mail this one: it waits there, or stands in the log after them. */
async function isFoundAgain(wanted: Pending, position: bigint, notebook: Memory): Promise<boolean> {
  const again = await queueOn(notebook);
  return all(again).some(({ invitationId }) => invitationId === wanted.invitationId) || (again.readTo ?? 0n) < position;
}

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
    notebook.full = false;
    expect([queue.next, (await queueOn(notebook)).next]).toEqual([undefined, pending(1)]);
  });
  it('loses none where its note fails, and the next would not', async () => {
    const notebook = new Memory();
    const queue = await queueOn(notebook);
    await queue.add([pending(1)], 1n, 1);
    notebook.before = Promise.reject(new Error('cut'));
    await expect(queue.add([pending(2)], 70n, 40)).rejects.toThrow('cut');
    await Promise.allSettled([queue.add([], 80n, 10_000), queue.note(), queue.done(pending(1))]);
    expect(await isFoundAgain(pending(2), 70n, notebook)).toBe(true);
  });
  it('loses none where its note is on its way when the next is asked for, and fails', async () => {
    const notebook = new Memory();
    const queue = await queueOn(notebook);
    notebook.before = nextTurn().then(() => Promise.reject(new Error('cut')));
    const asked = [queue.add([pending(1)], 70n, 40), queue.note()];
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await isFoundAgain(pending(1), 70n, notebook)).toBe(true);
  });
  it('loses none that is found while the notes of what is over are thrown out', async () => {
    const notebook = new Memory();
    const queue = await queueOn(notebook);
    for (let i = 1; i <= 1_001; i++) await queue.note();
    await queue.add([pending(1)], 1n, 1);
    const replace = notebook.replace.bind(notebook);
    const found: Promise<void>[] = [];
    notebook.replace = (notes) => {
      notebook.before = nextTurn();
      const replaced = replace(notes);
      found.push(queue.add([pending(2)], 70n, 1));
      return replaced;
    };
    await queue.done(pending(1));
    await Promise.all(found);
    await queue.note();
    expect(found).toHaveLength(1);
    expect(await isFoundAgain(pending(2), 70n, notebook)).toBe(true);
  });
  it('that cannot be opened forgets nothing', async () => {
    const notebook = new Memory();
    await (await queueOn(notebook)).add([pending(1)], 70n, 40);
    notebook.full = true;
    const queue = new MailQueue(notebook);
    await expect(queue.open()).rejects.toThrow('full');
    notebook.full = false;
    await queue.note().catch(() => undefined);
    expect((await queueOn(notebook)).readTo).toBe(70n);
  });
  it('crosses out together what is over at once', async () => {
    const notebook = new Memory();
    const queue = await queueOn(notebook);
    await queue.add([pending(1), pending(2), pending(3)], 1n, 3);
    const add = notebook.add.bind(notebook);
    const sizes: number[] = [];
    notebook.add = (...notes) => {
      sizes.push(notes.length);
      return add(...notes);
    };
    await Promise.all([1, 2, 3].map((n) => queue.done(pending(n))));
    expect([sizes, (await queueOn(notebook)).size]).toEqual([[3], 0]);
  });
});
