/** An id as callers and consumers see it: base64 of `Type:id`. */
export const encodeId = (type: string, id: string): string => Buffer.from(`${type}:${id}`).toString('base64');

/** The ULID that stands where an id cannot be a user's, or no user is yet: well-formed, and nobody's. */
export const NOBODY = '0'.repeat(26);

/** A user's id as callers and consumers see it. */
export const encodeUserId = (ulid: string): string => encodeId('User', ulid);
