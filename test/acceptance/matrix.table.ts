/** Permissions in the order of the table. */
export const PERMISSIONS = ['USER_READ', 'USER_CREATE', 'USER_UPDATE', 'USER_DELETE', 'AUDIT_READ'] as const;

/**
 * Everybody who may come with a request, in the order of the table: without a key, with one nobody has, one revoked, one
 * expired, that of a member without developer permission; annotators and members, with nothing beside their role and
 * then with one permission each; an admin, and the admin of another account.
 */
export const CALLERS = [
  ...['no key', 'bad key', 'revoked key', 'expired key', 'not a developer'],
  ...['annotator', 'member'].flatMap((role) => [role, ...PERMISSIONS.map((permission) => `${role}, ${permission}`)]),
  ...['admin', 'stranger'],
] as const;

/** What each gets, written down by hand from who may do what; never to be made from the service's own policy. */
const TABLE = `
                                           key is no good     annotator, and with      member, and with
                                        no  bad rev exp ndv |  -  Rd  Cre Upd Del Aud |  -  Rd  Cre Upd Del Aud | adm str
GET /health/live                        200 200 200 200 200 | 200 200 200 200 200 200 | 200 200 200 200 200 200 | 200 200
GET /health/ready                       200 200 200 200 200 | 200 200 200 200 200 200 | 200 200 200 200 200 200 | 200 200
GET /metrics                            200 200 200 200 200 | 200 200 200 200 200 200 | 200 200 200 200 200 200 | 200 200

GET /v2/users                           401 401 401 401 403 | 403 200 403 403 403 403 | 200 200 200 200 200 200 | 200 200
GET /v2/users/{user_id}                 401 401 401 401 403 | 403 200 403 403 403 403 | 200 200 200 200 200 200 | 200 404
PATCH /v2/users/{user_id} name          401 401 401 401 403 | 403 403 403 403 403 403 | 403 403 403 200 403 403 | 200 404
PATCH /v2/users/{user_id} is_developer  401 401 401 401 403 | 403 403 403 403 403 403 | 403 403 403 403 403 403 | 200 404
POST /v2/users member                   401 401 401 401 403 | 403 403 201 403 403 403 | 403 403 201 403 403 403 | 201 201
POST /v2/users admin                    401 401 401 401 403 | 403 403 403 403 403 403 | 403 403 403 403 403 403 | 201 201
DELETE /v2/users/{user_id}              401 401 401 401 403 | 403 403 403 403 204 403 | 403 403 403 403 204 403 | 204 404
POST /v2/users/{user_id}/resend-invitation
                                        401 401 401 401 403 | 403 403 204 403 403 403 | 403 403 204 403 403 403 | 204 404
GET /v2/users/{user_id}/permissions     401 401 401 401 403 | 403 200 403 403 403 403 | 200 200 200 200 200 200 | 200 404
PUT /v2/users/{user_id}/permissions     401 401 401 401 403 | 403 403 403 403 403 403 | 403 403 403 403 403 403 | 200 404
POST /v2/invitations/accept             404 404 404 404 404 | 404 404 404 404 404 404 | 404 404 404 404 404 404 | 404 404

GET /v2/users/{user_id}/history         401 401 401 401 403 | 403 403 403 403 403 200 | 403 403 403 403 403 200 | 200 404
GET /v2/audit-events                    401 401 401 401 403 | 403 403 403 403 403 200 | 403 403 403 403 403 200 | 200 200
GET /v2/audit-logs                      401 401 401 401 403 | 403 403 403 403 403 200 | 403 403 403 403 403 200 | 200 200
GET /v2/user-events                     401 401 401 401 403 | 403 403 403 403 403 200 | 403 403 403 403 403 200 | 200 200

GET /v2/api-keys                        401 401 401 401 403 | 200 200 200 200 200 200 | 200 200 200 200 200 200 | 200 200
POST /v2/api-keys own                   401 401 401 401 403 | 201 201 201 201 201 201 | 201 201 201 201 201 201 | 201 201
POST /v2/api-keys {user_id}             401 401 401 401 403 | 403 403 403 403 403 403 | 403 403 403 403 403 403 | 201 404
DELETE /v2/api-keys/{api_key_id}        401 401 401 401 403 | 403 403 403 403 403 403 | 403 403 403 403 403 403 | 204 404
DELETE /v2/api-keys/{own_key_id}        401 401 401 401 403 | 204 204 204 204 204 204 | 204 204 204 204 204 204 | 204 204
`;

/** A way to use a route: what is asked, and the status for each of {@link CALLERS}. */
export type Row = Readonly<{ name: string; method: string; path: string; statuses: readonly number[] }>;

export const rows: readonly Row[] = TABLE.replaceAll(/\n {20,}(?=\d)/g, '  ')
  .split('\n')
  .filter((line) => /^[A-Z]+ \//.test(line))
  .map((line) => {
    const [name = '', ...cells] = line.split(/ {2,}| \| /);
    const [method = '', path = ''] = name.split(' ');
    return { name, method, path, statuses: cells.join(' ').split(' ').filter(Boolean).map(Number) };
  });
