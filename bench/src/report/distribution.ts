/** The median and the 99th percentile of measurements. */
export interface Distribution {
  count: number;
  p50: number;
  p99: number;
}

/** Nearest-rank percentiles. NaN for an empty list. */
export function distribution(values: readonly number[]): Distribution {
  const sorted = Float64Array.from(values).sort();
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { count: sorted.length, p50: rank(0.5), p99: rank(0.99) };
}
