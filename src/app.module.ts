import { type DynamicModule, Module } from '@nestjs/common';
import { ulid } from 'ulid';
import { ConsumerGroups } from './event-sourcing/consumer-groups.js';
import { Currentness } from './event-sourcing/currentness.js';
import { Clock, SystemClock } from './event-sourcing/clock.js';
import { EventStore } from './event-sourcing/event-store.js';
import { Ids } from './event-sourcing/ids.js';
import type { AnyFact } from './event-sourcing/fact.js';
import { LastSeen } from './event-sourcing/last-seen.js';
import { ProjectionProgress, Rows, Receipts } from './event-sourcing/read-model.js';
import type { Aggregate } from './event-sourcing/streams.js';
import { Cursors } from './http/cursors.js';
import { HealthController, Readiness } from './http/health.controller.js';
import { Metrics, MetricsController } from './http/metrics.controller.js';
import type { Journal } from './event-sourcing/journal.js';
import { AggregateStreams } from './infrastructure/event-store/aggregate-streams.js';
import { JournalStreams } from './infrastructure/event-store/journal-streams.js';
import { Projecting } from './infrastructure/projector/projecting.js';
import { SqlRows } from './infrastructure/read-model/sql-rows.js';
import { BoundedRows } from './infrastructure/read-model/bounded-rows.js';
import { CachedRows } from './infrastructure/read-model/cached-rows.js';
import { SqlLastSeen } from './infrastructure/read-model/sql-last-seen.js';
import { SqlReceipts } from './infrastructure/read-model/sql-receipts.js';
import type { Backlog } from './event-sourcing/backlog.js';
import type { Log } from './event-sourcing/log.js';
import type { Appending } from './observability/appends.js';
import type { MeasuredEventStore } from './observability/measured-event-store.js';
import { ReadModelCurrentness } from './currentness.js';
import type { OpenReadModel } from './read-model.js';
import { ServiceReadiness } from './readiness.js';
import { InvitationTerms } from './users/commands/invitations.js';
import { KeySource } from './users/commands/key-source.js';
import {
  AccountStreams,
  ApiKeyStreams,
  AuditReadings,
  Denials,
  EmailClaimStreams,
  UserStreams,
} from './users/commands/streams.js';
import { accountAggregate, emailClaimAggregate } from './users/domain/account.js';
import { apiKeyAggregate } from './users/domain/api-key.js';
import { eventCatalogue } from './users/domain/event-catalogue.js';
import { userAggregate } from './users/domain/user.js';
import { commandReceipt } from './users/projections/command-receipt.projection.js';
import { readModel as shape, UsersModule } from './users/users.module.js';

/** What `resources.ts` opens before the application, and closes after it. */
export type Resources = Readonly<{
  eventStore: EventStore;
  /** Reads of the log apart from every subscription. */
  backlog: Backlog;
  /** Appends on their way, at this moment. */
  appending: () => Appending;
  consumerGroups: ConsumerGroups;
  readModel: OpenReadModel;
  log: Log;
  dataDir: string;
  /** What cursors are sealed with, keys made again, and the tokens of invitations made. */
  secret: Uint8Array;
  /** How long an invitation is good for. */
  invitationTtlMs: number;
}>;

/** What watches the application, and is asked by its controllers. */
type Watching = Readonly<{ measured: MeasuredEventStore; metrics: Metrics }>;

const streamsOf =
  <State, E extends AnyFact>(aggregate: Aggregate<State, E>) =>
  (store: EventStore, clock: Clock) =>
    new AggregateStreams(aggregate, store, eventCatalogue, clock);

const journalOf =
  <E extends AnyFact>(category: string) =>
  (store: EventStore, clock: Clock): Journal<E> =>
    new JournalStreams<E>(category, store, eventCatalogue, clock);

const streams = [
  { provide: UserStreams, useFactory: streamsOf(userAggregate), inject: [EventStore, Clock] },
  { provide: ApiKeyStreams, useFactory: streamsOf(apiKeyAggregate), inject: [EventStore, Clock] },
  { provide: AccountStreams, useFactory: streamsOf(accountAggregate), inject: [EventStore, Clock] },
  { provide: EmailClaimStreams, useFactory: streamsOf(emailClaimAggregate), inject: [EventStore, Clock] },
  { provide: Denials, useFactory: journalOf('denied'), inject: [EventStore, Clock] },
  { provide: AuditReadings, useFactory: journalOf('auditread'), inject: [EventStore, Clock] },
];

/** The composition root: which adapter each port gets. The files beside this one open the adapters. */
@Module({})
export class AppModule {
  static with(resources: Resources, { measured, metrics }: Watching): DynamicModule {
    const { eventStore, backlog, consumerGroups, readModel, log, secret, invitationTtlMs } = resources;
    const { lasting, reading, readers } = readModel;
    const projecting = readModel.projecting(eventStore);
    const stored = new SqlRows(reading);
    const bounded = readers === undefined ? stored : new BoundedRows(stored, readers, shape.chronicles);
    const rows = new CachedRows(bounded, projecting);
    const adapters = [
      { provide: EventStore, useValue: eventStore },
      { provide: Clock, useClass: SystemClock },
      { provide: Ids, useValue: { next: () => ulid() } satisfies Ids },
      { provide: InvitationTerms, useValue: { secret, ttlMs: invitationTtlMs } satisfies InvitationTerms },
      { provide: Rows, useValue: rows },
      { provide: CachedRows, useValue: rows },
      { provide: Cursors, useValue: new Cursors(secret) },
      { provide: KeySource, useValue: new KeySource(secret) },
      { provide: Receipts, useValue: new SqlReceipts(lasting, rows, commandReceipt) },
      { provide: LastSeen, useValue: new SqlLastSeen(lasting, log) },
      { provide: Projecting, useValue: projecting },
      { provide: ProjectionProgress, useExisting: Projecting },
      { provide: Currentness, useValue: new ReadModelCurrentness(projecting, readModel) },
      { provide: Readiness, useValue: new ServiceReadiness(measured, projecting, backlog, shape.streams) },
      { provide: ConsumerGroups, useValue: consumerGroups },
      { provide: Metrics, useValue: metrics },
      ...streams,
    ];
    return {
      module: AppModule,
      global: true,
      imports: [UsersModule],
      controllers: [HealthController, MetricsController],
      providers: adapters,
      exports: adapters.map(({ provide }) => provide),
    };
  }
}
