/** An id as callers and consumers see it: base64 of `Type:id`. */
export const encodeId = (type: string, id: string): string => Buffer.from(`${type}:${id}`).toString('base64');

/** A user's id as callers and consumers see it. */
export const encodeUserId = (ulid: string): string => encodeId('User', ulid);
