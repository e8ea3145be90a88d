/** What the adapter asks of a logger; pino's fits. */
export type Logger = Readonly<{
  info: (facts: object, message: string) => void;
  warn: (facts: object, message: string) => void;
  error: (facts: object, message: string) => void;
}>;
