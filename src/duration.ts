const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;
type Unit = keyof typeof UNITS;

export const SECOND_MS = UNITS.s;
export const DAY_MS = UNITS.d;

/** Days (`7`), a number and a unit (`7d`, `12h`, `30m`, `45s`), or ISO 8601 (`P7D`, `PT12H`); in milliseconds. */
export function durationMs(text: string): number {
  const [, number, unit = 'd'] = /^(\d+)([dhms])?$/.exec(text) ?? [];
  const [, days, hours, minutes, seconds] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text) ?? [];
  const parts = number === undefined ? { d: days, h: hours, m: minutes, s: seconds } : { [unit]: number };
  return Object.entries(parts).reduce((sum, [of, count]) => sum + Number(count ?? 0) * UNITS[of as Unit], 0);
}
