import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../event-sourcing/clock.js';
import { Ids } from '../../event-sourcing/ids.js';
import { hashToken } from '../domain/invitation.js';
import type { Invitation } from '../domain/user.js';

/** How long invitations are good for, and the secret their tokens are made with. */
export abstract class InvitationTerms {
  abstract readonly ttlMs: number;
  abstract readonly secret: Uint8Array;
}

/** What the secret is used for here: the same secret seals cursors. */
const PURPOSE = 'invitation token 1:';

/**
 * Issues invitations. A token follows from the invitation's id and the secret (HMAC-SHA-256), so that whoever has the
 * secret can make the link anew while the log holds its hash alone (docs/decisions/0010).
 */
@Injectable()
export class Invitations {
  constructor(
    private readonly terms: InvitationTerms,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** A new invitation, good from now on. */
  issue(): Invitation {
    const invitationId = this.ids.next();
    const expiresAt = new Date(this.clock.now().getTime() + this.terms.ttlMs).toISOString();
    return { invitationId, tokenHash: hashToken(this.token(invitationId)), expiresAt };
  }

  /** The token of an invitation; undefined where it was issued with another secret. */
  tokenOf({ invitationId, tokenHash }: Invitation): string | undefined {
    const token = this.token(invitationId);
    return hashToken(token) === tokenHash ? token : undefined;
  }

  private token(invitationId: string): string {
    return createHmac('sha256', this.terms.secret).update(`${PURPOSE}${invitationId}`).digest('base64url');
  }
}
