/** Whether {@link startPostgres} can start one here. */
export function hasPostgres(): boolean;

/** Starts a private server with these settings, and these files in its directory. */
export function startPostgres(
  options?: readonly string[],
  files?: Readonly<Record<string, string>>,
): Promise<{
  port: number;
  url: string;
  start: () => Promise<unknown>;
  halt: (mode: 'fast' | 'immediate') => Promise<unknown>;
  stop: () => Promise<void>;
}>;
