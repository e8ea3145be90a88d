/** Something that happened, in the past tense: a type and plain JSON data. */
export type Fact<Type extends string, Data extends object> = Readonly<{ type: Type; data: Readonly<Data> }>;

/** Any fact at all, for code that carries events without knowing them. */
export type AnyFact = Fact<string, object>;

/** A revision counts a stream's events from 0; `NO_STREAM` stands for a stream without any. */
export type Revision = bigint;
export const NO_STREAM: Revision = -1n;

/** A place in the whole log. Positions only rise; on EventStoreDB it is the commit position. */
export type Position = bigint;

/** A fact as the log holds it: where it stands, and who brought it about. */
export type Recorded<E extends AnyFact = AnyFact> = E &
  Readonly<{ id: string; stream: string; revision: Revision; position: Position; meta: Meta }>;

/** Who acts, as they were when they acted. */
export type ActorMeta = Readonly<{ userId: string; name: string; role: string; apiKeyId: string | null }>;

/** What a caller tells of a command; everything here is stored with each of its events. */
export type Context = Readonly<{
  accountId: string;
  actor: ActorMeta;
  /** What allowed it, such as `account_admin` or `permission:USER_UPDATE`. */
  rule: string;
  requestId: string;
  ip: string | null;
  userAgent: string | null;
  /** A UUID. Event ids derive from it, so that a command repeated is an event repeated. */
  commandId: string;
  /** SHA-256 of the request, only where the caller chose the command id (`Idempotency-Key`). */
  commandFingerprint?: string;
  /** W3C trace context, when there is one. */
  traceparent?: string;
}>;

/** Metadata as stored. `$correlationId` and `$causationId` are EventStoreDB's own names. */
export type Meta = Context &
  Readonly<{
    schemaVersion: number;
    /** RFC 3339, UTC, milliseconds. */
    occurredAt: string;
    $correlationId: string;
    $causationId: string;
  }>;
