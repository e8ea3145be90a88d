import { boolean, oneOf, QueryParameters, text, time } from '../../http/query-parameters.js';
import { InvalidRequest } from '../../http/invalid-request.js';
import type { AuditFilters } from '../queries/audit-filters.js';
import type { UserFilters } from '../queries/list-users.handler.js';
import { decodeId } from './user-id.js';

const DAYS_30_MS = 30 * 24 * 60 * 60 * 1000;

/** The id of a User, or of an ApiKey; another type's is nobody's. */
const idOf =
  (type: string) =>
  (given: string): string => {
    const decoded = decodeId(given, '');
    return decoded.type === type ? decoded.id : '';
  };

/** Keys change hands under the ids that the API gives them; they are stored without. */
const changeValue = (given: string): string =>
  /^QXBpS2V5O[A-Za-z0-9+/]+=*$/.test(given) ? idOf('ApiKey')(given) : given;

/** The filters of the audit trail. Call `check` once everything has been read. */
export function auditFilters(parameters: QueryParameters, targetId?: string): AuditFilters {
  const filters = {
    actorId: parameters.list('actor_id', idOf('User')),
    targetId: targetId === undefined ? parameters.list('target_id', idOf('User')) : [targetId],
    apiKeyId: parameters.list('api_key_id', idOf('ApiKey')),
    type: parameters.list('type', text),
    outcome: parameters.list('outcome', oneOf('applied', 'denied')),
    field: parameters.list('field', text),
    before: parameters.list('before', changeValue),
    after: parameters.list('after', changeValue),
    ip: parameters.list('ip', text),
    requestId: parameters.list('request_id', text),
    from: parameters.one('from', time),
    to: parameters.one('to', time),
  };
  return given(filters);
}

/** The filters of the Arize-shaped log: newest first, the last 30 days unless asked otherwise, both ends inclusive. */
export function auditLogFilters(parameters: QueryParameters, now: Date): AuditFilters | undefined {
  const type = parameters.one('operation_type', oneOf('MUTATION', 'QUERY', 'SUBSCRIPTION'));
  const user = parameters.one('user_id', idOf('User'));
  const end = parameters.one('end_time', time) ?? now.toISOString();
  const start = parameters.one('start_time', time) ?? new Date(Date.parse(end) - DAYS_30_MS).toISOString();
  if (type !== undefined && type !== 'MUTATION') return undefined;
  const to = new Date(Date.parse(end) + 1).toISOString();
  return { from: start, to, ...(user !== undefined && { actorId: [user] }) };
}

/** The filters of the list of users. */
export function userFilters(parameters: QueryParameters): UserFilters {
  return given({
    email: parameters.one('email', (email) => {
      if (Array.from(email).length <= 255) return email;
      throw new InvalidRequest('email', 'must have at most 255 characters');
    }),
    status: parameters.list('status', oneOf('active', 'invited', 'expired')),
    isDeveloper: parameters.one('is_developer', boolean),
    asOf: parameters.one('as_of', time),
  });
}

/** Without what is absent. */
const given = <T extends object>(all: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as never;
