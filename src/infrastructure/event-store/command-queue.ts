/** At most so many commands are decided together: a busy stream's append stays small and its callers' wait short. */
const MOST_TOGETHER = 64;

/**
 * Lets the commands for one stream run in the order they came, so that only writers elsewhere can come between. What
 * comes while a group is under way forms the next group, as a database's group commit does: a busy stream then costs
 * a round trip for each group, and an idle one nothing.
 */
export class CommandQueue<Command> {
  private readonly waiting = new Map<string, Command[]>();

  /** @param carryOut settles every command of a group, and never throws */
  constructor(private readonly carryOut: (stream: string, group: readonly Command[]) => Promise<void>) {}

  add(stream: string, command: Command): void {
    const queue = this.waiting.get(stream);
    if (queue) queue.push(command);
    else void this.drain(stream, [command]);
  }

  private async drain(stream: string, queue: Command[]): Promise<void> {
    this.waiting.set(stream, queue);
    while (queue.length > 0) await this.carryOut(stream, queue.splice(0, MOST_TOGETHER));
    this.waiting.delete(stream);
  }
}
