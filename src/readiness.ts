import type { Backlog } from './event-sourcing/backlog.js';
import type { EventStore } from './event-sourcing/event-store.js';
import { Readiness } from './http/health.controller.js';
import type { Projecting } from './infrastructure/projector/projecting.js';

/** An event untold for longer than this has been forgotten, not delayed: callers wait two seconds for their own. */
const MOST_LAG_SECONDS = 30;

type Looked = Readonly<{ ok: boolean; says: string }>;

/**
 * Ready: the event store answers and takes appends, and the read model is told what the store itself says has happened. None
 * of it is asked of the subscription that it is about.
 */
export class ServiceReadiness extends Readiness {
  constructor(
    private readonly eventStore: EventStore & Readonly<{ writable: () => Promise<boolean> }>,
    private readonly projector: Pick<Projecting, 'state' | 'position'>,
    private readonly backlog: Backlog,
    private readonly streams: readonly string[],
  ) {
    super();
  }

  override async check(): Promise<{ ready: boolean; checks: Record<string, string> }> {
    const [eventStore, writes, projections] = await Promise.all([this.answers(), this.writes(), this.told()]);
    return {
      ready: eventStore.ok && writes.ok && projections.ok,
      checks: {
        event_store: eventStore.says,
        // Nothing is known of appends to a store that does not even answer.
        writes: eventStore.ok ? writes.says : 'unknown',
        projections: projections.says,
      },
    };
  }

  private async answers(): Promise<Looked> {
    const ok = await this.eventStore.head().then(
      () => true,
      () => false,
    );
    return { ok, says: ok ? 'answers' : 'does not answer' };
  }

  private async writes(): Promise<Looked> {
    const ok = await this.eventStore.writable();
    return { ok, says: ok ? 'accepted' : 'refused' };
  }

  /** A store that does not answer says nothing of the projections; that it does not is a fault of its own. */
  private async told(): Promise<Looked> {
    const { state, position } = this.projector;
    if (state !== 'live') return { ok: false, says: state };
    const behind = await this.backlog.after(this.streams, position).catch(() => undefined);
    const ok = behind === undefined || behind.seconds <= MOST_LAG_SECONDS;
    return { ok, says: ok ? state : `lagging by ${Math.round(behind.seconds)} s` };
  }
}
