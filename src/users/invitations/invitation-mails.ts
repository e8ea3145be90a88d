import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../event-sourcing/clock.js';
import { UnreadableEvent } from '../../event-sourcing/errors.js';
import type { EventStore } from '../../event-sourcing/event-store.js';
import type { Recorded } from '../../event-sourcing/fact.js';
import type { Log } from '../../event-sourcing/log.js';
import { type Letter, type Mailer, MailRefused } from '../../event-sourcing/mailer.js';
import type { Invitations } from '../commands/invitations.js';
import type { UserEvent } from '../domain/user.events.js';
import { evolve, hasLapsed, type User } from '../domain/user.js';
import { invitationLetter, invitationLink } from './invitation-letter.js';
import type { MailQueue, Pending } from './mail-queue.js';

const RETRY_FIRST_MS = 250;
const RETRY_MOST_MS = 60_000;

/** What mailing invitations takes. */
type MailingWith = Readonly<{
  events: EventStore;
  queue: MailQueue;
  invitations: Pick<Invitations, 'tokenOf'>;
  mailer: Mailer;
  clock: Clock;
  log: Log;
}>;

/**
 * Mails the invitations in the log, each once, those of before it was started too. One that was replaced, accepted or
 * lapsed meanwhile is passed over, and so is one whose token only another instance can make.
 */
export class InvitationMails {
  private readonly abort = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private publicUrl = '';
  /** Why nothing more is found: what was found before is mailed yet. */
  private unreadable: UnreadableEvent | undefined;
  private wake: () => void = () => undefined;

  constructor(private readonly given: MailingWith) {}

  /**
   * Mails until it is stopped; links lead to where callers reach the service. Rejects where what was mailed cannot be
   * noted, or the log not be followed: then nothing more is mailed.
   *
   * @throws UnreadableEvent once what was found before it is mailed, or cannot be now: another version may read it
   */
  async run(publicUrl: string): Promise<void> {
    this.publicUrl = publicUrl;
    this.running = this.work();
    await this.running;
  }

  /** Finishes the letter under way. */
  async stop(): Promise<void> {
    this.end();
    await this.running.catch(() => undefined);
    this.given.mailer.close();
    await this.given.queue.note();
  }

  private async work(): Promise<void> {
    await this.given.queue.open();
    const both = [this.follow(), this.deliver()];
    try {
      await Promise.all(both);
    } finally {
      this.end();
      await Promise.allSettled(both);
    }
  }

  private end(): void {
    this.abort.abort();
    this.wake();
  }

  private async follow(): Promise<void> {
    const { events, queue } = this.given;
    try {
      for await (const delivery of events.subscribe(['user-'], queue.readTo, this.abort.signal)) {
        if (delivery.position === undefined) continue;
        await queue.add(delivery.events.flatMap(pendingOf), delivery.position, delivery.events.length);
        if (queue.next) this.wake();
      }
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
      this.unreadable = error;
      this.wake();
    }
  }

  private async deliver(): Promise<void> {
    const { queue } = this.given;
    let pause = RETRY_FIRST_MS;
    let unread = 0;
    while (!this.abort.signal.aborted) {
      const pending = queue.next;
      if (!pending) {
        if (this.unreadable) throw this.unreadable;
        await new Promise<void>((resolve) => (this.wake = resolve));
        continue;
      }
      const outcome = await this.attempt(pending);
      if (outcome === 'unreadable') {
        queue.postpone(pending);
        if (++unread >= queue.size && this.unreadable) throw this.unreadable;
        continue;
      }
      unread = 0;
      if (outcome !== 'failed') {
        const noted = queue.done(pending);
        // What was passed over may be passed over again; there can be a great many of them.
        if (outcome === 'over') await noted;
        else noted.catch(() => undefined);
        pause = RETRY_FIRST_MS;
        continue;
      }
      if (this.unreadable) throw this.unreadable;
      queue.postpone(pending);
      await sleep(pause, undefined, { signal: this.abort.signal }).catch(() => undefined);
      pause = Math.min(pause * 2, RETRY_MOST_MS);
    }
  }

  /** Over is what was mailed, or is refused for good; unreadable what somebody else may mail. */
  private async attempt(pending: Pending): Promise<'over' | 'passed over' | 'failed' | 'unreadable'> {
    const { log } = this.given;
    let letter: Letter | undefined;
    try {
      letter = await this.letterFor(pending);
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
      this.unreadable ??= error;
      return 'unreadable';
    }
    if (!letter) return 'passed over';
    // Whoever may no longer note what was mailed finds out before the letter, not after it.
    await this.given.queue.note();
    try {
      await this.given.mailer.send(letter);
      return 'over';
    } catch (error) {
      const told = { invitationId: pending.invitationId, fault: codeOf(error) };
      const refused = error instanceof MailRefused;
      if (refused)
        log.error(told, 'the mail server refuses an invitation for good; resend it once its address is mended');
      else log.warn(told, 'an invitation could not be mailed; trying again');
      return refused ? 'over' : 'failed';
    }
  }

  /** Undefined where there is nothing to mail any more, or not by this instance. */
  private async letterFor({ userId, invitationId }: Pending): Promise<Letter | undefined> {
    const { invitations, clock } = this.given;
    const user = await this.userNow(userId);
    const invitation = user?.state === 'invited' ? user.invitation : undefined;
    if (!user || invitation?.invitationId !== invitationId || hasLapsed(invitation, clock.now())) return undefined;
    const token = invitations.tokenOf(invitation);
    return token === undefined ? undefined : invitationLetter(user, invitation, invitationLink(this.publicUrl, token));
  }

  private async userNow(userId: string): Promise<User | undefined> {
    let user: User | undefined;
    for await (const event of this.given.events.read(`user-${userId}`, 0n))
      user = evolve(user, event as unknown as UserEvent);
    return user;
  }
}

function pendingOf(event: Recorded): Pending[] {
  if (event.type !== 'UserInvited' && event.type !== 'InvitationRenewed') return [];
  const { userId, invitationId } = event.data as Pending;
  return [{ userId, invitationId }];
}

/** Messages of mail servers name addresses, and addresses stay out of the log. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown fault';
