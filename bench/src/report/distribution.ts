/** What is told of many measurements of one thing. */
export interface Distribution {
  count: number;
  p50: number;
  p99: number;
}

/** The nearest-rank percentiles of the values; NaN where there are none. */
export function distribution(values: readonly number[]): Distribution {
  const sorted = Float64Array.from(values).sort();
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { count: sorted.length, p50: rank(0.5), p99: rank(0.99) };
}
