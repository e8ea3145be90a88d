import type { ProblemKind } from '../../http/problem.js';
import type * as store from '../../event-sourcing/errors.js';
import type * as keys from '../domain/api-key.errors.js';
import type * as domain from '../domain/user.errors.js';
import type { ApiNotAllowed, Unauthenticated } from './authentication.hook.js';

/** Every code an error of a command or query can carry; one without a status does not compile. */
type Code = (
  | InstanceType<(typeof domain)[keyof typeof domain]>
  | InstanceType<(typeof keys)[keyof typeof keys]>
  | InstanceType<(typeof store)[keyof typeof store]>
  | ApiNotAllowed
  | Unauthenticated
)['code'];

const RETRY_SOON = { 'retry-after': '1' };

export const statusTable: Record<Code, ProblemKind> = {
  unauthenticated: {
    status: 401,
    title: 'Unauthenticated',
    detail: 'Send a valid API key as Authorization: Bearer <api key>.',
    headers: { 'www-authenticate': 'Bearer' },
  },
  'api-not-allowed': {
    status: 403,
    title: 'API not allowed',
    detail: 'The owner of this key has no developer permission.',
  },
  'users-not-readable': {
    status: 403,
    title: 'Not allowed',
    detail: 'Reading users needs the admin or member role, or USER_READ.',
  },
  'audit-not-readable': {
    status: 403,
    title: 'Not allowed',
    detail: 'Reading the audit trail needs the account admin role or AUDIT_READ.',
  },
  'update-not-allowed': {
    status: 403,
    title: 'Not allowed',
    detail:
      'Updating name needs the account admin role or USER_UPDATE; updating is_developer needs the account admin role.',
  },
  'keys-not-manageable': {
    status: 403,
    title: 'Not allowed',
    detail: "Managing other users' keys needs the account admin role.",
  },
  'expiry-passed': { status: 400, title: 'Invalid request', detail: 'The request is not as documented.' },
  'api-key-not-found': { status: 404, title: 'API key not found', detail: 'There is no such API key in this account.' },
  'key-not-shown-again': {
    status: 409,
    title: 'Key not shown again',
    detail: 'It was issued, but asked for with another API key, or before the secret of this service was replaced.',
  },
  'create-not-allowed': {
    status: 403,
    title: 'Not allowed',
    detail: 'Creating users needs the account admin role or USER_CREATE; creating admins needs the account admin role.',
  },
  'removal-not-allowed': {
    status: 403,
    title: 'Not allowed',
    detail: 'Removing users needs the account admin role or USER_DELETE.',
  },
  'inviting-not-allowed': {
    status: 403,
    title: 'Not allowed',
    detail: 'Sending invitations needs the account admin role or USER_CREATE.',
  },
  'granting-not-allowed': {
    status: 403,
    title: 'Not allowed',
    detail: 'Granting and revoking permissions needs the account admin role.',
  },
  'role-not-assignable': { status: 422, title: 'Role not assignable', detail: 'Custom roles cannot be assigned yet.' },
  'invite-mode-not-supported': {
    status: 422,
    title: 'Invite mode not supported',
    detail: 'invite_mode can be none or email_link; there are no passwords here.',
  },
  'email-taken': {
    status: 409,
    title: 'E-mail taken',
    detail: 'A user of this account has this e-mail, or had it before they were removed.',
  },
  'own-removal': { status: 422, title: 'Own removal', detail: 'Nobody can remove themselves; ask another admin.' },
  'last-admin': { status: 422, title: 'Last admin', detail: 'The account would be left without an active admin.' },
  'not-invited': { status: 400, title: 'Not invited', detail: 'The user is active; there is no invitation to send.' },
  'invitation-not-found': {
    status: 404,
    title: 'Invitation not found',
    detail: 'There is no such invitation, or it has lapsed, was replaced by a newer one, or has been accepted.',
  },
  'user-not-found': { status: 404, title: 'User not found', detail: 'There is no such user in this account.' },
  'wrong-expected-revision': {
    status: 409,
    title: 'Conflict',
    detail: 'Others were changing this user at the same time; try again.',
    headers: RETRY_SOON,
  },
  'command-in-progress': {
    status: 409,
    title: 'In progress',
    detail: 'The request with this Idempotency-Key is still running; ask again for its answer.',
    headers: RETRY_SOON,
  },
  'revision-mismatch': {
    status: 412,
    title: 'Precondition failed',
    detail: 'The user has changed since; ETag is the current revision.',
  },
  'command-reused': { status: 422, title: 'Key reused', detail: 'This Idempotency-Key was used for another request.' },
  'event-too-large': { status: 413, title: 'Too large', detail: 'The change is too large to store.' },
  'event-store-unavailable': {
    status: 503,
    title: 'Event store unavailable',
    detail: 'Nothing was changed; try again.',
    headers: RETRY_SOON,
  },
  'outcome-unknown': {
    status: 503,
    title: 'Outcome unknown',
    detail:
      'It could not be learned in time whether the change was stored; ask again, best with the same Idempotency-Key.',
    headers: RETRY_SOON,
  },
  overloaded: {
    status: 503,
    title: 'Overloaded',
    detail: 'Too much is under way; nothing was changed.',
    headers: RETRY_SOON,
  },
  'not-caught-up': {
    status: 503,
    title: 'Not caught up',
    detail: 'The read model has not come to the position asked for; try again.',
    headers: RETRY_SOON,
  },
  'read-model-unavailable': {
    status: 503,
    title: 'Read model unavailable',
    detail: 'The database does not answer; try again, a change with the same Idempotency-Key.',
    headers: RETRY_SOON,
  },
  'unreadable-event': {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong here; the request_id names it in the log.',
  },
  'corrupt-history': {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong here; the request_id names it in the log.',
  },
};
