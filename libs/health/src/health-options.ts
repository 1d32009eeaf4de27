/** What the application decides about health. Times in milliseconds, memory in bytes. */
export interface HealthOptions {
  /** How long PostgreSQL may take to answer a ping. */
  databaseTimeoutMs?: number;
  /** How long the outcome of a ping is good for; 0: probes share a ping under way, and nothing more. */
  databaseCacheMs?: number;
  /** How long an endpoint may take to be reached. */
  llmTimeoutMs?: number;
  /** How long the outcome of a check of all endpoints is good for; 0: callers share a check under way. */
  llmCacheMs?: number;
  /** Resident memory beyond which the report says `degraded`. */
  maxRssBytes?: number;
}

/** The one place where this room's defaults stand. */
export const healthDefaults: Required<HealthOptions> = {
  databaseTimeoutMs: 1_000,
  databaseCacheMs: 1_000,
  llmTimeoutMs: 2_000,
  llmCacheMs: 1_000,
  maxRssBytes: 1024 ** 3,
};

/** Node fires a timer with a longer delay at once. */
const longestDelayMs = 2 ** 31 - 1;

const bounds: Record<keyof HealthOptions, readonly [least: number, most: number]> = {
  databaseTimeoutMs: [1, longestDelayMs],
  databaseCacheMs: [0, longestDelayMs],
  llmTimeoutMs: [1, longestDelayMs],
  llmCacheMs: [0, longestDelayMs],
  maxRssBytes: [1, Number.MAX_SAFE_INTEGER],
};

/** The options with the defaults for what is left out. @throws RangeError naming every bad value */
export function completeOptions(given: HealthOptions): Required<HealthOptions> {
  const names = Object.keys(healthDefaults) as (keyof HealthOptions)[];
  const options = { ...healthDefaults };
  for (const name of names) options[name] = given[name] ?? healthDefaults[name];
  const mistakes = names.filter((name) => {
    const [least, most] = bounds[name];
    return !(Number.isInteger(options[name]) && options[name] >= least && options[name] <= most);
  });
  if (mistakes.length === 0) return options;
  const lines = mistakes.map((name) => `  ${name}: must be a whole number from ${bounds[name].join(' to ')}`);
  throw new RangeError(`Invalid health options:\n${lines.join('\n')}`);
}
