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
}

/** The caller may not read the audit trail. */
export class AuditNotReadable extends Error {
  readonly code = 'audit-not-readable';
}

/** The caller lacks the right to change this field; nothing was changed. */
export class UpdateNotAllowed extends Error {
  readonly code = 'update-not-allowed';
  constructor(readonly field: 'name' | 'is_developer') {
    super(`may not update ${field}`);
  }
}

/** The caller's condition names another revision than the current one; nothing was changed. */
export class RevisionMismatch extends Error {
  readonly code = 'revision-mismatch';
  constructor(readonly current: Revision) {
    super(`the user is at revision ${current.toString()}`);
  }
}
