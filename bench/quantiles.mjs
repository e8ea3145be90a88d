/** The value below which half of them lie, that below which all but a hundredth do, and the highest. */
export function quantiles(values) {
  const sorted = Float64Array.from(values).sort();
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return { p50: at(0.5), p99: at(0.99), most: sorted.at(-1) };
}
