import { InvalidSettings, readSettings } from '../settings.js';
import { type Given, HINT, NoService, type ServiceAddress, serviceAddress } from './service-address.js';

const WITHIN_MS = 30_000;

/** The service said no; the message is what it said, with the fields it was about. */
export class Refused extends Error {}

type Problem = Readonly<{ title?: string; detail?: string; errors?: readonly { field: string; message: string }[] }>;

/** Asks a running service over HTTP. */
export class ServiceClient {
  constructor(private readonly address: ServiceAddress) {}

  /**
   * The body of a successful answer; undefined where it has none.
   *
   * @throws Refused | NoService
   */
  async ask(method: string, path: string, body?: object): Promise<unknown> {
    const { url, key } = this.address;
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(WITHIN_MS),
      redirect: 'error',
    }).catch((error: unknown) => {
      throw new NoService(`${url} does not answer: ${causeOf(error)}; ${HINT}`);
    });
    const text = await answer.text();
    if (!answer.ok) throw new Refused(whatItSaid(answer.status, text));
    return text === '' ? undefined : parsed(text);
  }
}

/**
 * Asks the service of the command line, or of the data directory.
 *
 * @throws WrongUsage | NoService | InvalidSettings
 */
export const clientOf = (given: Given): ServiceClient =>
  new ServiceClient(serviceAddress(given, readSettings(process.env)));

/** What a person is told where the service was not to be asked, or said no; undefined of other errors. */
export const serviceFault = (error: unknown): string | undefined =>
  error instanceof NoService || error instanceof Refused || error instanceof InvalidSettings
    ? error.message
    : undefined;

function whatItSaid(status: number, text: string): string {
  let problem: Problem;
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    return `the service answered ${status}`;
  }
  const fields = (problem.errors ?? []).map(({ field, message }) => `${field} ${message}`);
  return [`${status} ${problem.title ?? ''}`, fields.length > 0 ? fields.join('; ') : (problem.detail ?? '')].join(
    ': ',
  );
}

/** @throws NoService */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NoService('what answers there is not the service');
  }
}

/** What was in the way, as the system calls it: fetch itself says only that it failed. */
function causeOf(error: unknown): string {
  const { cause, message } = error instanceof Error ? error : new Error(String(error));
  if (!(cause instanceof Error)) return message;
  return 'code' in cause ? String(cause.code) : cause.message;
}
