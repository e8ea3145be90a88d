import { Currentness } from './event-sourcing/currentness.js';
import type { Projecting } from './infrastructure/projector/projecting.js';
import type { OpenReadModel } from './read-model.js';

/** Current is a read model that is told what happens, in a database that has answered lately: the one is known sooner than the other. */
export class ReadModelCurrentness extends Currentness {
  constructor(
    private readonly projecting: Pick<Projecting, 'state'>,
    private readonly database: Pick<OpenReadModel, 'isHeard'>,
  ) {
    super();
  }

  override get isCurrent(): boolean {
    return this.projecting.state === 'live' && this.database.isHeard();
  }

  override get isStopped(): boolean {
    return this.projecting.state === 'stopped';
  }
}
