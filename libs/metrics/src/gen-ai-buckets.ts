/** Histogram buckets of OpenTelemetry's semantic conventions for generative AI, for the operation duration in seconds. */
export const durationBuckets = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];

/** The same for the time to first token, in seconds. */
export const firstTokenBuckets = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** The same for token usage. */
export const tokenBuckets = Array.from({ length: 14 }, (_, power) => 4 ** power);
