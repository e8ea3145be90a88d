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

/** Filters that are columns of the same name. */
export const AUDIT_COLUMNS = [
  ...(['requestId', 'targetId', 'apiKeyId', 'actorId', 'after', 'before'] as const),
  ...(['ip', 'field', 'type', 'outcome'] as const),
] satisfies readonly (keyof AuditFilters)[];

/** Filters about single changes, of which an event may have several. */
export const isAboutChange = ({ field, before, after }: AuditFilters): boolean =>
  field !== undefined || before !== undefined || after !== undefined;
