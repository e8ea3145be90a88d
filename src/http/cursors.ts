import { createHmac, timingSafeEqual } from 'node:crypto';
import { InvalidRequest } from './invalid-request.js';

const TAG_BYTES = 16;

/** What a cursor is bound to: it is good for nothing else. */
export type CursorScope = Readonly<{ accountId: string; endpoint: string; filters: unknown }>;

/** Seals places in lists into opaque cursors, and opens them again: HMAC-SHA-256 (RFC 2104) over scope and place. */
export class Cursors {
  constructor(private readonly key: Uint8Array) {}

  seal(scope: CursorScope, place: readonly string[]): string {
    const text = Buffer.from(JSON.stringify(place)).toString('base64url');
    return `${text}.${this.tag(scope, text).toString('base64url')}`;
  }

  /** @throws InvalidRequest for anything that {@link seal} did not make for this very scope */
  open(scope: CursorScope, cursor: string): readonly string[] {
    const [text = '', tag = '', ...rest] = cursor.split('.');
    const given = Buffer.from(tag, 'base64url');
    const genuine = given.length === TAG_BYTES && timingSafeEqual(given, this.tag(scope, text));
    if (!genuine || rest.length > 0 || given.toString('base64url') !== tag)
      throw new InvalidRequest('cursor', 'must be a next_cursor of the same list and filters');
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as string[];
  }

  private tag({ accountId, endpoint, filters }: CursorScope, text: string): Buffer {
    const scope = JSON.stringify([accountId, endpoint, filters]);
    return createHmac('sha256', this.key).update(`${scope}\n${text}`).digest().subarray(0, TAG_BYTES);
  }
}
