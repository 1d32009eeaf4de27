import { type Fault } from './fault.js';
import { isMeasuring } from './measurements.js';

/** The time limits of a server under test, in ms. */
export interface Limits {
  totalMs: number;
  /** For connecting, for the first token, and between two frames. */
  phaseMs: number;
}

/** The setting with which requests share connections. */
export const multiplexed = { LLM_MULTIPLEX: 'true' };

/** For faults that make requests hang, so that they time out soon. */
export const short: Limits = { totalMs: 2_000, phaseMs: 400 };

/** For rows in which nothing hangs, but which may keep the process busy for longer than the short limits. */
export const generous: Limits = { totalMs: 15_000, phaseMs: 5_000 };

/** The limits for the rows of a fault: short only if the fault makes requests time out. */
export function limitsFor({ codes }: Fault): Limits {
  return codes.some((code) => code.endsWith('_timeout')) ? short : generous;
}

/**
 * The maximum time of a response beyond the total limit, for database queries, and the maximum time until its resources are
 * released. Longer without {@link isMeasuring}, for busy machines; a request that hangs exceeds it on any machine.
 */
export const graceMs = isMeasuring ? 1_000 : 10_000;

/** The environment variables of a server with these limits. */
export function environmentOf({ totalMs, phaseMs }: Limits): Record<string, string> {
  const phase = String(phaseMs / 1_000);
  return {
    LLM_TIMEOUT: String(totalMs / 1_000),
    LLM_CONNECT_TIMEOUT: phase,
    LLM_FIRST_TOKEN_TIMEOUT: phase,
    LLM_IDLE_TIMEOUT: phase,
    LLM_MAX_RETRIES: '1',
    LLM_RETRY_BASE_MS: '5',
    LLM_MAX_TOKENS: '1000000',
  };
}
