import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Context } from '../../event-sourcing/fact.js';
import type { Actor } from '../domain/actor.js';
import type { AuditTrailRead } from '../domain/audit-reading.events.js';
import { AuditNotReadable } from '../domain/user.errors.js';
import { mayReadAudit } from '../domain/user.policy.js';
import { AuditReadings } from './streams.js';

/** Notes that somebody reads the audit trail, before they are shown any of it. */
export class RecordAuditReadingCommand extends Command<void> {
  constructor(
    readonly actor: Actor,
    readonly reading: AuditTrailRead['data'],
    readonly context: Omit<Context, 'rule'>,
  ) {
    super();
  }
}

/** Notes a reading before anything is shown, for what is read without a note could not be accounted for. */
@CommandHandler(RecordAuditReadingCommand)
export class RecordAuditReadingHandler implements ICommandHandler<RecordAuditReadingCommand> {
  constructor(private readonly readings: AuditReadings) {}

  /** @throws AuditNotReadable, and what {@link AuditReadings} throws: what cannot be noted is not shown */
  async execute({ actor, reading, context }: RecordAuditReadingCommand): Promise<void> {
    if (!mayReadAudit(actor)) throw new AuditNotReadable();
    const rule = actor.role === 'admin' ? 'account_admin' : 'permission:AUDIT_READ';
    await this.readings.add(actor.accountId, [{ type: 'AuditTrailRead', data: reading }], { ...context, rule });
  }
}
