import { type EndpointState, LlmError } from '#llm';
import { Cached } from './cached.js';
import { type CheckedEndpoint, llmReport, type LlmReport } from './llm-report.js';

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

/** Checks all endpoints at once, without a prompt; callers share a check under way, and its report for a while after. */
export class LlmCheck {
  readonly #report: Cached<LlmReport>;

  constructor(
    client: { readonly endpoints: readonly CheckableEndpoint[] },
    limits: { llmTimeoutMs: number; llmCacheMs: number },
    time: CheckTime = systemTime,
  ) {
    const check = async () => {
      const deadline = time.deadline(limits.llmTimeoutMs);
      const checked = await Promise.all(client.endpoints.map((endpoint) => reach(endpoint, deadline)));
      return llmReport(checked, time.date());
    };
    this.#report = new Cached(check, limits.llmCacheMs, () => time.now());
  }

  /** Never rejects: what cannot be reached is a row of the report. */
  report(): Promise<LlmReport> {
    return this.#report.get();
  }
}

async function reach(endpoint: CheckableEndpoint, deadline: AbortSignal): Promise<CheckedEndpoint> {
  let failure: string | undefined;
  try {
    await endpoint.check(deadline);
  } catch (error) {
    failure = codeOf(error, deadline);
  }
  return { state: endpoint.state, failure };
}

/** Codes only: a message may repeat what a server said, and that may be anything. */
function codeOf(error: unknown, deadline: AbortSignal): string {
  if (error instanceof LlmError) return error.code;
  return deadline.aborted ? 'connect_timeout' : 'check_failed';
}
