import { type EndpointState, LlmError } from '#llm';
import { Cached } from './cached.js';
import { llmReport, type LlmReport } from './llm-report.js';

/** The part of an endpoint of `LlmClient` that is used here. */
export interface CheckableEndpoint {
  readonly state: EndpointState;
  /** Rejects if the endpoint cannot be reached before the signal is aborted. */
  check(signal: AbortSignal): Promise<void>;
}

/** A source of time that tests can replace. */
export interface CheckTime {
  /** Monotonic time in ms. */
  now(): number;
  date(): Date;
  /** A signal that is aborted after `ms`. */
  deadline(ms: number): AbortSignal;
}

const systemTime: CheckTime = {
  now: () => performance.now(),
  date: () => new Date(),
  deadline: (ms) => AbortSignal.timeout(ms),
};

/** The result of a check: per endpoint why it failed, or undefined if it was reached. */
interface CheckResult {
  failures: (string | undefined)[];
  at: Date;
}

/**
 * Checks all endpoints concurrently, without sending a prompt. Concurrent callers share a check, and later ones its cached
 * result. The client's own state (breakers, requests in flight) is always current.
 */
export class LlmCheck {
  readonly #result: Cached<CheckResult>;
  readonly #client: { readonly endpoints: readonly CheckableEndpoint[] };

  /** @param limits the timeout of a check, and how long its result is cached, in ms */
  constructor(
    client: { readonly endpoints: readonly CheckableEndpoint[] },
    limits: { llmTimeoutMs: number; llmCacheMs: number },
    time: CheckTime = systemTime,
  ) {
    this.#client = client;
    const check = async (): Promise<CheckResult> => {
      const deadline = time.deadline(limits.llmTimeoutMs);
      const failures = await Promise.all(client.endpoints.map((endpoint) => failureOf(endpoint, deadline)));
      return { failures, at: time.date() };
    };
    this.#result = new Cached(check, limits.llmCacheMs, () => time.now());
  }

  /** Returns the report with a row per endpoint. Never rejects. */
  async report(): Promise<LlmReport> {
    const { failures, at: checkedAt } = await this.#result.get();
    const checked = this.#client.endpoints.map(({ state }, at) => ({ state, failure: failures[at] }));
    return llmReport(checked, checkedAt);
  }
}

async function failureOf(endpoint: CheckableEndpoint, deadline: AbortSignal): Promise<string | undefined> {
  try {
    await endpoint.check(deadline);
    return undefined;
  } catch (error) {
    return summaryOf(error, deadline);
  }
}

/** Messages of other errors are not shown, as nothing has redacted them. */
function summaryOf(error: unknown, deadline: AbortSignal): string {
  if (error instanceof LlmError) return error.summary;
  return deadline.aborted ? 'connect_timeout' : 'check_failed';
}
