import { Injectable } from '@nestjs/common';
import { Clock } from '../../event-sourcing/clock.js';
import { CommandInProgress, CommandReused } from '../../event-sourcing/errors.js';
import type { Context } from '../../event-sourcing/fact.js';
import { Receipts } from '../../event-sourcing/read-model.js';
import type { Committed } from '../../event-sourcing/streams.js';

/** How a command ended, of whom it was, and whether it changed anything when it was carried out. */
export type Ended = Committed & Readonly<{ subject: string; changed: boolean }>;

/**
 * Carries out a command whose id the caller chose at most once, and tells how it ended whenever it is asked again.
 * What changed something is known from the log, so also after a crash between append and answer; what changed nothing
 * leaves a receipt. A command that was refused leaves nothing: asked again, it is judged again.
 */
@Injectable()
export class Once {
  private readonly running = new Set<string>();

  constructor(
    private readonly receipts: Receipts,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws CommandInProgress the same command is under way in this process
   * @throws CommandReused the id was used for another request
   */
  async run(context: Context, command: () => Promise<Committed & { subject: string }>): Promise<Ended> {
    const ended = await this.runOrRecall(context, command);
    return 'changed' in ended ? ended : { ...ended, changed: ended.outcome !== 'unchanged' };
  }

  private async runOrRecall(
    context: Context,
    command: () => Promise<Committed & { subject: string }>,
  ): Promise<Ended | (Committed & { subject: string })> {
    const { commandId, commandFingerprint: fingerprint } = context;
    if (fingerprint === undefined) return command();
    if (this.running.has(commandId)) throw new CommandInProgress();
    this.running.add(commandId);
    try {
      const receipt = await this.receipts.find(commandId);
      if (receipt && receipt.fingerprint !== fingerprint) throw new CommandReused();
      if (receipt) {
        const { subject, changed, revision, position } = receipt;
        return { outcome: 'repeated', subject, changed, revision, position };
      }
      const committed = await command();
      if (committed.outcome === 'unchanged') {
        const { subject, revision, position } = committed;
        await this.receipts.rememberUnchanged(
          { commandId, fingerprint, subject, revision, position },
          this.clock.now(),
        );
      }
      return committed;
    } finally {
      this.running.delete(commandId);
    }
  }
}
