import { randomUUID } from 'node:crypto';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../event-sourcing/clock.js';
import type { Context } from '../../event-sourcing/fact.js';
import type { AccessDenied } from '../domain/denial.events.js';
import { KeysNotManageable } from '../domain/api-key.errors.js';
import {
  CreateNotAllowed,
  GrantingNotAllowed,
  InvitingNotAllowed,
  RemovalNotAllowed,
  UpdateNotAllowed,
  UsersNotReadable,
} from '../domain/user.errors.js';
import { Denials } from './streams.js';

/** Refusals of one key that are told one by one within a minute; more are counted. */
export const TOLD_PER_MINUTE = 100;
const MINUTE_MS = 60_000;

const FOR_WANT_OF_A_RIGHT = [
  CreateNotAllowed,
  GrantingNotAllowed,
  InvitingNotAllowed,
  KeysNotManageable,
  RemovalNotAllowed,
  UpdateNotAllowed,
  UsersNotReadable,
];

/** One key's refusals within a minute. */
type Minute = { told: number; counted: number; since: Date; context: Context; timer: NodeJS.Timeout };

/** Keeps every refused attempt to change something in the log, in a stream of its own; of a flood, the number. */
@Injectable()
export class Refusals implements BeforeApplicationShutdown {
  private readonly minutes = new Map<string, Minute>();

  constructor(
    private readonly denials: Denials,
    private readonly clock: Clock,
  ) {}

  /**
   * Carries out a command; where it is refused, the refusal is durable before it is told.
   *
   * @throws whatever `command` throws
   * @throws EventStoreUnavailable | OutcomeUnknown | Overloaded the refusal could not be kept
   */
  async watch<T>(
    attempt: Omit<AccessDenied['data'], 'missing'>,
    context: Omit<Context, 'rule'>,
    command: () => Promise<T>,
  ): Promise<T> {
    try {
      return await command();
    } catch (error) {
      const missing = missingRight(error);
      if (missing !== undefined) await this.keep({ ...attempt, ...targetOf(error), missing }, context);
      throw error;
    }
  }

  /** Keeps one refusal. */
  async keep(data: AccessDenied['data'], given: Omit<Context, 'rule'>): Promise<void> {
    // A command that is sent again after a refusal is another attempt, whatever id its caller chose.
    const { commandFingerprint: _told, ...rest } = given;
    const context: Context = { ...rest, rule: 'none', commandId: randomUUID() };
    if (this.isOneTooMany(context)) return;
    await this.denials.add(context.accountId, [{ type: 'AccessDenied', data }], context);
  }

  /** Writes down what is only counted so far. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([...this.minutes.keys()].map((apiKeyId) => this.endMinute(apiKeyId)));
  }

  private isOneTooMany(context: Context): boolean {
    const apiKeyId = context.actor.apiKeyId ?? '';
    const minute = this.minutes.get(apiKeyId) ?? this.beginMinute(apiKeyId, context);
    if (minute.told < TOLD_PER_MINUTE) {
      minute.told++;
      return false;
    }
    if (minute.counted === 0) minute.since = this.clock.now();
    minute.counted++;
    minute.context = context;
    return true;
  }

  private beginMinute(apiKeyId: string, context: Context): Minute {
    const timer = setTimeout(() => {
      void this.endMinute(apiKeyId).catch(() => undefined);
    }, MINUTE_MS);
    timer.unref();
    const minute = { told: 0, counted: 0, since: this.clock.now(), context, timer };
    this.minutes.set(apiKeyId, minute);
    return minute;
  }

  private async endMinute(apiKeyId: string): Promise<void> {
    const minute = this.minutes.get(apiKeyId);
    this.minutes.delete(apiKeyId);
    if (!minute) return;
    clearTimeout(minute.timer);
    const { counted: count, since, context } = minute;
    if (count === 0) return;
    const data = { apiKeyId, count, since: since.toISOString(), until: this.clock.now().toISOString() };
    await this.denials.add(context.accountId, [{ type: 'AccessDenialsCounted', data }], context);
  }
}

/** The right that was lacking, in the words of {@link Rule}; undefined where the command did not fail for want of one. */
function missingRight(error: unknown): string | undefined {
  for (const kind of FOR_WANT_OF_A_RIGHT) if (error instanceof kind) return error.missing;
  return undefined;
}

/** Whose a key is comes out only when it is looked at. */
const targetOf = (error: unknown): { targetId?: string } =>
  error instanceof KeysNotManageable ? { targetId: error.userId } : {};
