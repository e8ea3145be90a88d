/** Somebody else has just made it: PostgreSQL finds out late, also where it is told "if not exists". */
const MADE_BY_ANOTHER: readonly unknown[] = ['23505', '42P06', '42P07', '42710'];

/** Waits for something to be made that may be there already, or be made by another process at this moment. */
export async function created(making: Promise<unknown>): Promise<void> {
  try {
    await making;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && MADE_BY_ANOTHER.includes(error.code))) throw error;
  }
}
