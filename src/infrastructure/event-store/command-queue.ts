/** Lets the commands for one stream run one after another, so that only writers elsewhere can come between. */
export class CommandQueue {
  private readonly tails = new Map<string, Promise<unknown>>();

  /** Runs `command` once everything queued for `stream` before it has ended, well or badly. */
  async run<T>(stream: string, command: () => Promise<T>): Promise<T> {
    const before = this.tails.get(stream);
    const turn = before ? before.then(command, command) : command();
    this.tails.set(stream, turn);
    try {
      return await turn;
    } finally {
      if (this.tails.get(stream) === turn) this.tails.delete(stream);
    }
  }
}
