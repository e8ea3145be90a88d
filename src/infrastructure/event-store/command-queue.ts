import { EventStoreUnavailable, Overloaded } from '../../event-sourcing/errors.js';

/** At most so many commands are decided together: a busy stream's append stays small and its callers' wait short. */
const MOST_TOGETHER = 64;
/** Commands that wait, of all streams; those being carried out are not among them. */
const MOST_WAITING = 2_000;
/** How long a command waits for those before it, as long as an append may take. */
const WAIT_MS = 5_000;
/** One timer looks after all that wait. */
const LOOKS_EVERY_MS = 50;

type Refusable = Readonly<{ reject: (why: unknown) => void }>;
type Waiting<Command> = Readonly<{ command: Command; until: number }>;

/**
 * Lets the commands for one stream run in the order they came, so that only writers elsewhere can come between. What
 * comes while a group is under way forms the next group, as a database's group commit does: a busy stream then costs
 * a round trip for each group, and an idle one nothing. What has waited for too long is refused without being tried.
 */
export class CommandQueue<Command extends Refusable> {
  private readonly queues = new Map<string, Waiting<Command>[]>();
  private waiting = 0;
  private looking: NodeJS.Timeout | undefined;

  /** @param carryOut settles every command of a group, and never throws */
  constructor(
    private readonly carryOut: (stream: string, group: readonly Command[]) => Promise<void>,
    private readonly waitMs = WAIT_MS,
  ) {}

  /** @throws Overloaded */
  add(stream: string, command: Command): void {
    const queue = this.queues.get(stream);
    if (!queue) {
      void this.drain(stream, command);
      return;
    }
    if (this.waiting >= MOST_WAITING) throw new Overloaded('too many commands wait for those before them');
    queue.push({ command, until: performance.now() + this.waitMs });
    this.waiting++;
    this.lookSoon();
  }

  private async drain(stream: string, first: Command): Promise<void> {
    const queue: Waiting<Command>[] = [];
    this.queues.set(stream, queue);
    for (let group = [first]; group.length > 0; group = this.take(queue)) await this.carryOut(stream, group);
    this.queues.delete(stream);
  }

  private take(queue: Waiting<Command>[]): Command[] {
    this.refuseLate(queue);
    const group = queue.splice(0, MOST_TOGETHER);
    this.waiting -= group.length;
    return group.map(({ command }) => command);
  }

  /** They stand in the order of their deadlines. */
  private refuseLate(queue: Waiting<Command>[]): void {
    const now = performance.now();
    const intime = queue.findIndex(({ until }) => until > now);
    const late = queue.splice(0, intime === -1 ? queue.length : intime);
    this.waiting -= late.length;
    for (const { command } of late)
      command.reject(new EventStoreUnavailable('the commands before it took too long; nothing was appended'));
  }

  private lookSoon(): void {
    this.looking ??= setTimeout(() => {
      this.looking = undefined;
      for (const queue of this.queues.values()) this.refuseLate(queue);
      if (this.waiting > 0) this.lookSoon();
    }, LOOKS_EVERY_MS);
  }
}
