import type { Revision } from '../../event-sourcing/fact.js';

/** The log says something happened to a user before the user was. Stored facts are not argued with: a person decides. */
export class CorruptHistory extends Error {
  readonly code = 'corrupt-history';
  constructor(type: string) {
    super(`${type} comes before the user was added`);
  }
}

/** No such user in the caller's account: unknown, removed and other accounts' users are all the same to the caller. */
export class UserNotFound extends Error {
  readonly code = 'user-not-found';
  constructor(readonly userId: string) {
    super(`no user ${userId}`);
  }
}

/** The caller may not read users, so learns nothing of whether one exists. */
export class UsersNotReadable extends Error {
  readonly code = 'users-not-readable';
  readonly missing = 'permission:USER_READ';
}

/** The caller may not read the audit trail. */
export class AuditNotReadable extends Error {
  readonly code = 'audit-not-readable';
}

/** The caller lacks the right to change this field; nothing was changed. */
export class UpdateNotAllowed extends Error {
  readonly code = 'update-not-allowed';
  readonly missing: string;
  constructor(field: 'name' | 'is_developer') {
    super(`may not update ${field}`);
    this.missing = field === 'name' ? 'permission:USER_UPDATE' : 'account_admin';
  }
}

/** The caller may not create such a user; nothing was changed. */
export class CreateNotAllowed extends Error {
  readonly code = 'create-not-allowed';
  constructor(readonly missing: string) {
    super(`lacks ${missing}`);
  }
}

/** The caller may not remove users. */
export class RemovalNotAllowed extends Error {
  readonly code = 'removal-not-allowed';
  readonly missing = 'permission:USER_DELETE';
}

/** The caller may not send invitations. */
export class InvitingNotAllowed extends Error {
  readonly code = 'inviting-not-allowed';
  readonly missing = 'permission:USER_CREATE';
}

/** The caller may not grant and revoke permissions. */
export class GrantingNotAllowed extends Error {
  readonly code = 'granting-not-allowed';
  readonly missing = 'account_admin';
}

/** Custom roles are read where history has them; nobody is given one yet. */
export class RoleNotAssignable extends Error {
  readonly code = 'role-not-assignable';
}

/** Users set no passwords here, so there are none to hand out. */
export class InviteModeNotSupported extends Error {
  readonly code = 'invite-mode-not-supported';
}

/** The e-mail is that of a user who is active, or was removed. */
export class EmailTaken extends Error {
  readonly code = 'email-taken';
}

/** Nobody removes themselves. */
export class OwnRemoval extends Error {
  readonly code = 'own-removal';
}

/** Without this user the account would have no active admin. */
export class LastAdmin extends Error {
  readonly code = 'last-admin';
}

/** The user is active: there is no invitation to send again. */
export class NotInvited extends Error {
  readonly code = 'not-invited';
}

/** No invitation that is still good goes by this token. */
export class InvitationNotFound extends Error {
  readonly code = 'invitation-not-found';
}

/** The caller's condition names another revision than the current one; nothing was changed. */
export class RevisionMismatch extends Error {
  readonly code = 'revision-mismatch';
  constructor(readonly current: Revision) {
    super(`the user is at revision ${current.toString()}`);
  }
}
