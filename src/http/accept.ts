/** The first media type of `Accept` that is one of these; undefined where there is none. Weights are passed over. */
export function firstAccepted<T extends string>(accept: string, types: readonly T[]): T | undefined {
  const asked = accept.split(',').map((range) => range.split(';', 1)[0]?.trim().toLowerCase() ?? '');
  for (const range of asked) {
    const type = types.find((each) => each === range);
    if (type !== undefined) return type;
  }
  return undefined;
}
