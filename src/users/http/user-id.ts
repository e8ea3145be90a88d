import { InvalidRequest } from '../../http/invalid-request.js';
import { NOBODY } from '../domain/public-id.js';

const TYPED = /^([A-Za-z]+):(.+)$/s;
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/**
 * The ULID in a user id; {@link NOBODY} in one that is well-formed but no user's: of another type, or no ULID. Whether
 * there is such a user is for those to say who know what the caller may know.
 *
 * @throws InvalidRequest not base64 of `Type:something`
 */
export function decodeUserId(text: string): string {
  return ulidIn('User', text, 'user_id');
}

/** As {@link decodeUserId}, of a key: {@link NOBODY} is no key's id either. @throws InvalidRequest */
export const decodeApiKeyId = (text: string): string => ulidIn('ApiKey', text, 'api_key_id');

function ulidIn(wanted: string, text: string, field: string): string {
  const { type, id } = decodeId(text, field);
  return type === wanted && ULID.test(id) ? id : NOBODY;
}

/** @throws InvalidRequest not base64 of `Type:something` */
export function decodeId(text: string, field: string): { type: string; id: string } {
  const bytes = Buffer.from(text, 'base64');
  const parts = bytes.toString('base64') === text ? TYPED.exec(bytes.toString('latin1')) : null;
  if (!parts) throw new InvalidRequest(field, 'must be an id as the API gives it: base64 of Type:id');
  const [, type = '', id = ''] = parts;
  return { type, id };
}
