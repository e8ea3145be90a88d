/**
 * What an auditor looks for; what is left out does not matter. Lists allow any of their values. `field`, `before` and
 * `after` are about one and the same change. `from` is inclusive, `to` exclusive: RFC 3339, UTC, milliseconds.
 */
export type AuditFilters = Readonly<{
  actorId?: readonly string[];
  targetId?: readonly string[];
  apiKeyId?: readonly string[];
  type?: readonly string[];
  outcome?: readonly string[];
  field?: readonly string[];
  before?: readonly string[];
  after?: readonly string[];
  ip?: readonly string[];
  requestId?: readonly string[];
  from?: string;
  to?: string;
}>;

/** Filters that are columns of the same name: of single changes, of which an event may have several, and of the event. */
export const CHANGE_COLUMNS = ['after', 'before', 'field'] as const satisfies readonly (keyof AuditFilters)[];
export const EVENT_COLUMNS = [
  ...(['requestId', 'targetId', 'apiKeyId', 'actorId', 'ip', 'type', 'outcome'] as const),
] satisfies readonly (keyof AuditFilters)[];

/** Whether a filter is about single changes. */
export const isAboutChange = (filters: AuditFilters): boolean =>
  CHANGE_COLUMNS.some((column) => filters[column] !== undefined);
