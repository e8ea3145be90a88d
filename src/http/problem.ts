/** One kind of failure, as callers tell it from others: RFC 9457 `type` (a URI reference), status and title. */
export type ProblemKind = Readonly<{
  status: number;
  title: string;
  detail: string;
  headers?: Readonly<Record<string, string>>;
}>;

/** Kinds by error code. */
export type ProblemTable = Readonly<Record<string, ProblemKind>>;

export type FieldError = Readonly<{ field: string; message: string }>;

/** RFC 9457 problem details, with the members this API adds. */
type ProblemDetails = Readonly<{
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  request_id: string;
  errors?: readonly FieldError[];
}>;

const MAX_FIELD_ERRORS = 20;
const MAX_ECHO = 64;

/** At most 64 characters of what a caller sent, none of them cut in half. */
export function echo(text: string): string {
  if (text.length <= MAX_ECHO) return text.toWellFormed();
  return `${text
    .slice(0, MAX_ECHO - 1)
    .replace(/[\ud800-\udbff]$/, '')
    .toWellFormed()}…`;
}

export function problemDetails(
  code: string,
  kind: ProblemKind,
  request: Readonly<{ path: string; id: string }>,
  errors?: readonly FieldError[],
): ProblemDetails {
  const told = errors
    ?.slice(0, MAX_FIELD_ERRORS)
    .map(({ field, message }) => ({ field: echo(field), message: echo(message) }));
  const [first] = told ?? [];
  return {
    type: `/problems/${code}`,
    title: kind.title,
    status: kind.status,
    // Many clients, the SDKs among them, show the detail and nothing else.
    detail: first ? `${kind.detail} ${first.field} ${first.message}.` : kind.detail,
    instance: request.path,
    request_id: request.id,
    ...(told && { errors: told }),
  };
}
