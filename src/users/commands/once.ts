import { Injectable } from '@nestjs/common';
import { Clock } from '../../event-sourcing/clock.js';
import { CommandInProgress, CommandReused } from '../../event-sourcing/errors.js';
import type { Context } from '../../event-sourcing/fact.js';
import { Receipts } from '../../event-sourcing/read-model.js';
import type { Committed } from '../../event-sourcing/streams.js';

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
  async run(subject: string, context: Context, command: () => Promise<Committed>): Promise<Committed> {
    const { commandId, commandFingerprint: fingerprint } = context;
    if (fingerprint === undefined) return command();
    if (this.running.has(commandId)) throw new CommandInProgress();
    this.running.add(commandId);
    try {
      const receipt = await this.receipts.find(commandId);
      if (receipt && receipt.fingerprint !== fingerprint) throw new CommandReused();
      if (receipt) return { outcome: 'repeated', revision: receipt.revision, position: receipt.position };
      const committed = await command();
      if (committed.outcome === 'unchanged') {
        const { revision, position } = committed;
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
