import type { FieldError } from './problem.js';

/** The request is not as documented. */
export class InvalidRequest extends Error {
  readonly code = 'invalid-request';
  readonly errors: readonly FieldError[];

  constructor(field: string, message: string) {
    super('the request is not as documented');
    this.errors = [{ field, message }];
  }

  /** With several faults at once. */
  static of(errors: readonly FieldError[]): InvalidRequest {
    return Object.assign(new InvalidRequest('', ''), { errors });
  }
}
