/** What an error says and, where it has one, its code; what the database throws is not always an `Error`. */
export function errorText(error: unknown): { message: string; code: string } {
  const { message, code } = Object(error) as { message?: unknown; code?: unknown };
  return {
    message: typeof message === 'string' ? message : String(error),
    code: typeof code === 'string' ? code : '',
  };
}
