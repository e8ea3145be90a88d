/** Structured log lines; pino is one. No names, e-mails, keys or bodies go in. */
export type Log = Readonly<{
  info: (fields: object, message: string) => void;
  warn: (fields: object, message: string) => void;
  error: (fields: object, message: string) => void;
}>;
