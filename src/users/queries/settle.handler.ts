import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { NotCaughtUp } from '../../event-sourcing/errors.js';
import { ProjectionProgress } from '../../event-sourcing/read-model.js';
import type { Committed } from '../../event-sourcing/streams.js';
import { READ_YOUR_WRITES_MS } from './get-user.handler.js';

/** Waits until the read model tells of a write whose answer shows nothing: what is asked next is to know of it. */
export class SettleQuery extends Query<void> {
  constructor(readonly after: Committed) {
    super();
  }
}

/** Holds the answer back for a moment rather than have the caller's next read miss the write. */
@QueryHandler(SettleQuery)
export class SettleHandler implements IQueryHandler<SettleQuery> {
  constructor(private readonly progress: ProjectionProgress) {}

  /** Gives up after a while: the write is done all the same. */
  async execute({ after }: SettleQuery): Promise<void> {
    try {
      await this.progress.reached(after.position, READ_YOUR_WRITES_MS);
    } catch (error) {
      if (!(error instanceof NotCaughtUp)) throw error;
    }
  }
}
