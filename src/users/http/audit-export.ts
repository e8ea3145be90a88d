import type { AuditEventResponse } from './audit-event.response.js';

/** Formats in which the whole of a result is streamed, by media type. */
export const exportFormats = { 'application/x-ndjson': 'ndjson', 'text/csv': 'csv' } as const;
export type ExportType = keyof typeof exportFormats;

/** A result in lines, a page of events at a time. */
export async function* lines(
  type: ExportType,
  pages: AsyncIterable<readonly AuditEventResponse[]>,
): AsyncGenerator<string> {
  const line = type === 'text/csv' ? csvLine : jsonLine;
  if (type === 'text/csv') yield csv(COLUMNS);
  for await (const page of pages) if (page.length > 0) yield page.map(line).join('');
}

const jsonLine = (event: AuditEventResponse): string => `${JSON.stringify(event)}\n`;
const csvLine = (event: AuditEventResponse): string => csv(CELLS.map((of) => of(event)));

const columns: Readonly<Record<string, (event: AuditEventResponse) => string | null>> = {
  id: ({ id }) => id,
  position: ({ position }) => position,
  type: ({ type }) => type,
  occurred_at: ({ occurred_at }) => occurred_at,
  outcome: ({ outcome }) => outcome,
  actor_user_id: ({ actor }) => actor.user_id,
  actor_name: ({ actor }) => actor.name,
  actor_role: ({ actor }) => actor.role,
  actor_api_key_id: ({ actor }) => actor.api_key_id,
  target_user_id: ({ target }) => target.user_id,
  target_name: ({ target }) => target.name,
  changes: ({ changes }) => JSON.stringify(changes),
  authorization_rule: ({ authorization }) => authorization.rule,
  ip: ({ context }) => context.ip,
  user_agent: ({ context }) => context.user_agent,
  request_id: ({ context }) => context.request_id,
  correlation_id: ({ context }) => context.correlation_id,
};
const COLUMNS = Object.keys(columns);
const CELLS = Object.values(columns);

/** What spreadsheets take for a formula; a quote before it makes it text (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

/** A line of CSV (RFC 4180). */
const csv = (values: readonly (string | null)[]): string => `${values.map(cell).join(',')}\r\n`;

function cell(value: string | null): string {
  if (value === null) return '';
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
