import { Injectable } from '@nestjs/common';
import { Clock } from '../../event-sourcing/clock.js';
import { CommandInProgress, CommandReused } from '../../event-sourcing/errors.js';
import type { Context } from '../../event-sourcing/fact.js';
import { Receipts } from '../../event-sourcing/read-model.js';
import type { Committed } from '../../event-sourcing/streams.js';

/** What a stream made of a command, and of whom it was. */
type Judged = Committed & Readonly<{ subject: string }>;

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
  async run(context: Context, command: () => Promise<Judged>): Promise<Ended> {
    const { commandId, commandFingerprint: fingerprint } = context;
    if (fingerprint === undefined) return ended(await command());
    if (this.running.has(commandId)) throw new CommandInProgress();
    this.running.add(commandId);
    try {
      return (await this.recall(commandId, fingerprint)) ?? (await this.carryOut(commandId, fingerprint, command));
    } finally {
      this.running.delete(commandId);
    }
  }

  private async recall(commandId: string, fingerprint: string): Promise<Ended | undefined> {
    const receipt = await this.receipts.find(commandId);
    if (!receipt) return undefined;
    if (receipt.fingerprint !== fingerprint) throw new CommandReused();
    const { subject, changed, revision, position } = receipt;
    return { outcome: 'repeated', subject, changed, revision, position };
  }

  private async carryOut(commandId: string, fingerprint: string, command: () => Promise<Judged>): Promise<Ended> {
    const judged = await command();
    const { subject, revision, position } = judged;
    if (judged.outcome === 'unchanged') {
      const receipt = { commandId, fingerprint, subject, revision, position };
      await this.receipts.rememberUnchanged(receipt, this.clock.now());
    }
    return ended(judged);
  }
}

const ended = (judged: Judged): Ended => ({ ...judged, changed: judged.outcome !== 'unchanged' });
