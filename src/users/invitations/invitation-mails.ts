import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../event-sourcing/clock.js';
import { UnreadableEvent } from '../../event-sourcing/errors.js';
import type { EventStore } from '../../event-sourcing/event-store.js';
import type { Recorded } from '../../event-sourcing/fact.js';
import type { Log } from '../../event-sourcing/log.js';
import { type Mailer, MailRefused } from '../../event-sourcing/mailer.js';
import type { Invitations } from '../commands/invitations.js';
import type { UserEvent } from '../domain/user.events.js';
import { evolve, hasLapsed, type User } from '../domain/user.js';
import { invitationLetter, invitationLink } from './invitation-letter.js';
import type { MailQueue, Pending } from './mail-queue.js';

const RETRY_FIRST_MS = 250;
const RETRY_MOST_MS = 60_000;

/** What mailing invitations takes. */
export type MailingWith = Readonly<{
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
  private running: Promise<unknown> = Promise.resolve();
  private publicUrl = '';
  private wake: () => void = () => undefined;

  constructor(private readonly given: MailingWith) {}

  /** Begins; links lead to where callers reach the service. */
  start(publicUrl: string): void {
    this.publicUrl = publicUrl;
    this.running = Promise.all([this.follow(), this.deliver()]);
  }

  /** How many invitations are still to be mailed. */
  get waiting(): number {
    return this.given.queue.size;
  }

  /** Finishes the letter under way. */
  async stop(): Promise<void> {
    this.abort.abort();
    this.wake();
    await this.running;
    await this.noted(this.given.queue.close());
    this.given.mailer.close();
  }

  private async follow(): Promise<void> {
    const { events, queue, log } = this.given;
    try {
      for await (const delivery of events.subscribe(['user-'], queue.readTo, this.abort.signal)) {
        if (delivery.position === undefined) continue;
        await this.noted(queue.add(delivery.events.flatMap(pendingOf), delivery.position, delivery.events.length));
        if (queue.next) this.wake();
      }
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      const why = error instanceof UnreadableEvent ? 'an event cannot be read' : 'the log cannot be followed';
      log.error({ fault }, `no more invitations are mailed: ${why}`);
    }
  }

  private async deliver(): Promise<void> {
    const { queue, log } = this.given;
    let pause = RETRY_FIRST_MS;
    while (!this.abort.signal.aborted) {
      const pending = queue.next;
      if (!pending) {
        await new Promise<void>((resolve) => (this.wake = resolve));
        continue;
      }
      try {
        const sent = await this.mail(pending);
        const noted = this.noted(queue.done(pending));
        if (sent) await noted;
        pause = RETRY_FIRST_MS;
      } catch (error) {
        const told = { invitationId: pending.invitationId, fault: codeOf(error) };
        if (error instanceof MailRefused) {
          log.error(told, 'the mail server refuses an invitation for good; resend it once its address is mended');
          await this.noted(queue.done(pending));
          continue;
        }
        log.warn(told, 'an invitation could not be mailed; trying again');
        queue.postpone(pending);
        await sleep(pause, undefined, { signal: this.abort.signal }).catch(() => undefined);
        pause = Math.min(pause * 2, RETRY_MOST_MS);
      }
    }
  }

  /** What cannot be noted is known until a restart; then it may be mailed twice, which beats never. */
  private async noted(noting: Promise<void>): Promise<void> {
    await noting.catch((error: unknown) => {
      this.given.log.warn({ fault: codeOf(error) }, 'which invitations were mailed cannot be noted: is the disk full?');
    });
  }

  /** Whether it was. */
  private async mail({ userId, invitationId }: Pending): Promise<boolean> {
    const { invitations, mailer, clock } = this.given;
    const user = await this.userNow(userId);
    const invitation = user?.state === 'invited' ? user.invitation : undefined;
    if (!user || invitation?.invitationId !== invitationId || hasLapsed(invitation, clock.now())) return false;
    const token = invitations.tokenOf(invitation);
    if (token === undefined) return false;
    await mailer.send(invitationLetter(user, invitation, invitationLink(this.publicUrl, token)));
    return true;
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
