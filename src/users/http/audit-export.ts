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
const csvLine = (event: AuditEventResponse): string => {
  const values = cells(event);
  return csv(COLUMNS.map((column) => values[column]));
};

const cells = (event: AuditEventResponse) => ({
  ...{
    id: event.id,
    position: event.position,
    type: event.type,
    occurred_at: event.occurred_at,
    outcome: event.outcome,
  },
  ...{ actor_user_id: event.actor.user_id, actor_name: event.actor.name, actor_role: event.actor.role },
  ...{ actor_api_key_id: event.actor.api_key_id, target_user_id: event.target.user_id, target_name: event.target.name },
  ...{ changes: JSON.stringify(event.changes), authorization_rule: event.authorization.rule },
  ...{ ip: event.context.ip, user_agent: event.context.user_agent },
  ...{ request_id: event.context.request_id, correlation_id: event.context.correlation_id },
});

const COLUMNS: readonly (keyof ReturnType<typeof cells>)[] = [
  ...(['id', 'position', 'type', 'occurred_at', 'outcome'] as const),
  ...(['actor_user_id', 'actor_name', 'actor_role', 'actor_api_key_id', 'target_user_id', 'target_name'] as const),
  ...(['changes', 'authorization_rule', 'ip', 'user_agent', 'request_id', 'correlation_id'] as const),
];

/** What spreadsheets take for a formula; a quote before it makes it text (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

/** A line of CSV (RFC 4180). */
const csv = (values: readonly (string | null)[]): string => `${values.map(cell).join(',')}\r\n`;

function cell(value: string | null): string {
  if (value === null) return '';
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
