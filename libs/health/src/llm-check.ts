import { type EndpointState, LlmError } from '#llm';
import { Cached } from './cached.js';
import { llmReport, type LlmReport } from './llm-report.js';

/** What can be checked: an endpoint of the `LlmClient`. */
export interface CheckableEndpoint {
  readonly state: EndpointState;
  /** Rejects if the endpoint cannot be reached before the signal is aborted. */
  check(signal: AbortSignal): Promise<void>;
}

/** Time, passed in. */
export interface CheckTime {
  /** Monotonic, in ms. */
  now(): number;
  date(): Date;
  /** Aborted after so many ms. */
  deadline(ms: number): AbortSignal;
}

const systemTime: CheckTime = {
  now: () => performance.now(),
  date: () => new Date(),
  deadline: (ms) => AbortSignal.timeout(ms),
};

/** What a check found out: for each endpoint a code, or undefined if it was reached. */
interface Findings {
  failures: (string | undefined)[];
  at: Date;
}

/**
 * Checks all endpoints at once, without a prompt; callers share a check under way, and what it found for a while after.
 * What the client knows without asking (its breakers, what is in flight) is always of this moment.
 */
export class LlmCheck {
  readonly #findings: Cached<Findings>;
  readonly #client: { readonly endpoints: readonly CheckableEndpoint[] };

  constructor(
    client: { readonly endpoints: readonly CheckableEndpoint[] },
    limits: { llmTimeoutMs: number; llmCacheMs: number },
    time: CheckTime = systemTime,
  ) {
    this.#client = client;
    const check = async (): Promise<Findings> => {
      const deadline = time.deadline(limits.llmTimeoutMs);
      const failures = await Promise.all(client.endpoints.map((endpoint) => failureOf(endpoint, deadline)));
      return { failures, at: time.date() };
    };
    this.#findings = new Cached(check, limits.llmCacheMs, () => time.now());
  }

  /** Never rejects: what cannot be reached is a row of the report. */
  async report(): Promise<LlmReport> {
    const { failures, at } = await this.#findings.get();
    const checked = this.#client.endpoints.map(({ state }, place) => ({ state, failure: failures[place] }));
    return llmReport(checked, at);
  }
}

async function failureOf(endpoint: CheckableEndpoint, deadline: AbortSignal): Promise<string | undefined> {
  try {
    await endpoint.check(deadline);
    return undefined;
  } catch (error) {
    return codeOf(error, deadline);
  }
}

/** Codes only: a message may repeat what a server said, and that may be anything. */
function codeOf(error: unknown, deadline: AbortSignal): string {
  if (error instanceof LlmError) return error.code;
  return deadline.aborted ? 'connect_timeout' : 'check_failed';
}
