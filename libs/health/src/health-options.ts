/** Options of `HealthModule`. */
export interface HealthOptions {
  /** Timeout of a database ping, in ms. Default 600: Kubernetes gives a probe 1 s. */
  databaseTimeoutMs?: number;
  /** How long the result of a ping is cached, in ms; 0: only concurrent probes share a ping. Default 1,000. */
  databaseCacheMs?: number;
  /** Timeout for the check of an LLM endpoint, in ms. Default 2,000. */
  llmTimeoutMs?: number;
  /** How long the result of a check of all endpoints is cached, in ms; 0: only concurrent callers share it. Default 1,000. */
  llmCacheMs?: number;
  /** Resident memory above which the report is `degraded`, in bytes. Default 1 GiB. */
  maxRssBytes?: number;
}

/** Defaults of {@link HealthOptions}. */
export const healthDefaults: Required<HealthOptions> = {
  databaseTimeoutMs: 600,
  databaseCacheMs: 1_000,
  llmTimeoutMs: 2_000,
  llmCacheMs: 1_000,
  maxRssBytes: 1024 ** 3,
};

/** The longest delay of a timer in Node; timers with a longer delay fire at once. */
const maxDelayMs = 2 ** 31 - 1;

const bounds: Record<keyof HealthOptions, readonly [min: number, max: number]> = {
  databaseTimeoutMs: [1, maxDelayMs],
  databaseCacheMs: [0, maxDelayMs],
  llmTimeoutMs: [1, maxDelayMs],
  llmCacheMs: [0, maxDelayMs],
  maxRssBytes: [1, Number.MAX_SAFE_INTEGER],
};

/** Adds the defaults and validates the options. @throws RangeError listing all invalid values */
export function completeOptions(given: HealthOptions): Required<HealthOptions> {
  const names = Object.keys(healthDefaults) as (keyof HealthOptions)[];
  const options = { ...healthDefaults };
  for (const name of names) options[name] = given[name] ?? healthDefaults[name];
  const invalid = names.filter((name) => {
    const [min, max] = bounds[name];
    return !(Number.isInteger(options[name]) && options[name] >= min && options[name] <= max);
  });
  if (invalid.length === 0) return options;
  const lines = invalid.map((name) => `  ${name}: must be a whole number from ${bounds[name].join(' to ')}`);
  throw new RangeError(`Invalid health options:\n${lines.join('\n')}`);
}
