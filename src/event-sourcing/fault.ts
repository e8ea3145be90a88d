/** What went wrong, by its code where it has one: messages of a database may quote what was to be written. */
export function faultOf(error: unknown): string {
  const { code, message = String(error) } = Object(error) as { code?: unknown; message?: string };
  return typeof code === 'string' ? code : message;
}
