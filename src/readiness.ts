import { Injectable } from '@nestjs/common';
import { EventStore } from './event-sourcing/event-store.js';
import { Readiness } from './http/health.controller.js';
import { Projecting } from './infrastructure/projector/projecting.js';

/** Ready: the event store answers, and the projector is told what the store itself says has happened. */
@Injectable()
export class ServiceReadiness extends Readiness {
  constructor(
    private readonly eventStore: EventStore,
    private readonly projector: Projecting,
  ) {
    super();
  }

  override async check(): Promise<{ ready: boolean; checks: Record<string, string> }> {
    const reachable = await this.eventStore.head().then(
      () => true,
      () => false,
    );
    const projecting = this.projector.state === 'live';
    return {
      ready: reachable && projecting,
      checks: {
        event_store: reachable ? 'answers' : 'does not answer',
        projections: this.projector.state,
      },
    };
  }
}
