import { Injectable } from '@nestjs/common';
import { EventStore } from '../../event-sourcing/event-store.js';
import { project } from '../../event-sourcing/projection.js';
import { ProjectionProgress, type Stored } from '../../event-sourcing/read-model.js';
import type { Committed } from '../../event-sourcing/streams.js';
import { type ApiKeyView, apiKeyView } from '../projections/api-key-view.projection.js';
import { afterWrite } from './after-write.js';
import { READ_YOUR_WRITES_MS } from './get-user.handler.js';

/** What a command has made of a key: told from the key's own events, and in effect here. */
@Injectable()
export class ApiKeyChanges {
  constructor(
    private readonly events: EventStore,
    private readonly progress: ProjectionProgress,
  ) {}

  /** Resolves once authentication and lists know of it. @throws NotCaughtUp they may not know yet */
  async inEffect({ position }: Committed): Promise<void> {
    await this.progress.reached(position, READ_YOUR_WRITES_MS);
  }

  /** The key as the command left it, whatever has happened since. @throws OutcomeUnknown it cannot be read back */
  after(apiKeyId: string, committed: Committed): Promise<Stored<ApiKeyView> | undefined> {
    return afterWrite(() => this.at(apiKeyId, committed));
  }

  private async at(apiKeyId: string, { revision }: Committed): Promise<Stored<ApiKeyView> | undefined> {
    let row: Stored<ApiKeyView> | undefined;
    for await (const event of this.events.read(`apikey-${apiKeyId}`, 0n)) {
      if (event.revision > revision) break;
      row = project<ApiKeyView>(apiKeyView, row, event);
    }
    return row;
  }
}
