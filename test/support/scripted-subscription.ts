import {
  caughtUpMessage,
  checkpointMessage,
  confirmationMessage,
  eventMessage,
  type HeldEvent,
} from './scripted-messages.js';
import type { Log, ReadCall } from './scripted-calls.js';

/** One call of a subscription as it arrived. */
export class ReceivedSubscription {
  /** What the caller has seen; undefined from the start. */
  readonly after: bigint | undefined;
  readonly prefixes: readonly string[];
  live = false;

  constructor(
    private readonly log: Log,
    readonly call: ReadCall,
  ) {
    const options = call.request.getOptions();
    const all = options?.getAll();
    this.after = all?.hasPosition() ? BigInt(all.getPosition()?.getCommitPosition() ?? 0) : undefined;
    this.prefixes = options?.getFilter()?.getStreamIdentifier()?.getPrefixList() ?? [];
  }

  confirm(): void {
    this.call.write(confirmationMessage());
  }

  send(...events: readonly HeldEvent[]): void {
    for (const event of events) this.call.write(eventMessage(event));
  }

  caughtUp(): void {
    this.call.write(caughtUpMessage());
  }

  checkpoint(position: bigint): void {
    this.call.write(checkpointMessage(position));
  }

  /** Everything after its start, then whatever comes. */
  serve(): void {
    this.confirm();
    this.send(...this.log.held.filter((event) => event.position > (this.after ?? 0n) && this.wants(event)));
    this.caughtUp();
    this.live = true;
  }

  wants({ stream }: HeldEvent): boolean {
    return this.prefixes.some((prefix) => stream.startsWith(prefix));
  }
}
