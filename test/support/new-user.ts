import { ulid } from 'ulid';
import type { ServiceUnderTest } from './service.js';

/** What POST /v2/users takes. */
export type NewUser = Readonly<{
  name: string;
  email: string;
  role: object;
  invite_mode: string;
  is_developer?: boolean;
}>;

/** A new member, active at once, with an e-mail that nobody has. */
export const newUser = (wish: Partial<NewUser> = {}): NewUser => ({
  name: 'Katherine Johnson',
  email: `${ulid().toLowerCase()}@Example.com`,
  role: { type: 'predefined', name: 'member' },
  invite_mode: 'none',
  ...wish,
});

type Init = Readonly<{
  method?: string;
  key?: string | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
}>;

/** A request with a JSON body, POST unless told otherwise. */
export const post = (
  service: ServiceUnderTest,
  path: string,
  body: unknown,
  { method = 'POST', key, headers }: Init = {},
): Promise<Response> =>
  service.request(path, {
    method,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(key !== undefined && { key }),
    headers: { 'content-type': 'application/json', ...headers },
  });
