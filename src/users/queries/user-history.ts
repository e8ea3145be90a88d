import { Injectable } from '@nestjs/common';
import { EventStore } from '../../event-sourcing/event-store.js';
import type { Revision } from '../../event-sourcing/fact.js';
import { project } from '../../event-sourcing/projection.js';
import type { Stored } from '../../event-sourcing/read-model.js';
import { type UserView, userView } from '../projections/user-view.projection.js';

/** Users told from their own events, by the very projection that fills the read model. */
@Injectable()
export class UserHistory {
  constructor(private readonly events: EventStore) {}

  /** The user as they were at a revision; undefined where there was none. */
  async at(userId: string, revision: Revision): Promise<Stored<UserView> | undefined> {
    let row: Stored<UserView> | undefined;
    for await (const event of this.events.read(`user-${userId}`, 0n)) {
      if (event.revision > revision) break;
      row = project<UserView>(userView, row, event);
    }
    return row;
  }
}
