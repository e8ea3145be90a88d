/** No such key in the caller's account: unknown and other accounts' keys are all the same to the caller. */
export class ApiKeyNotFound extends Error {
  readonly code = 'api-key-not-found';
  constructor(readonly apiKeyId: string) {
    super(`no API key ${apiKeyId}`);
  }
}

/** The caller may not manage this user's keys; nothing was changed. */
export class KeysNotManageable extends Error {
  readonly code = 'keys-not-manageable';
  readonly missing = 'account_admin';
  constructor(readonly userId: string) {
    super(`may not manage the keys of ${userId}`);
  }
}

/** A key was to expire before it could be used. */
export class ExpiryPassed extends Error {
  readonly code = 'expiry-passed';
  readonly errors = [{ field: 'expires_at', message: 'must be in the future' }];
}

/** The key was issued, and nobody here can tell any more what it was (docs/decisions/0007). */
export class KeyNotShownAgain extends Error {
  readonly code = 'key-not-shown-again';
}
