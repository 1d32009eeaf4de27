import { isMeasuring } from './figures.js';

/** Time limits of a server under test, in ms. */
export interface Limits {
  totalMs: number;
  /** For a connect, for the first token, and between two frames. */
  phaseMs: number;
}

/** Where the server names the request in every frame: requests share connections. */
export const multiplexed = { LLM_MULTIPLEX: 'true' };

/** Short, so that whatever hangs is soon given up. */
export const short: Limits = { totalMs: 1_500, phaseMs: 300 };

/** For rows that keep this process busy for longer than the short ones: here nothing hangs. */
export const patient: Limits = { totalMs: 15_000, phaseMs: 5_000 };

/**
 * What a caller may have to wait beyond the total limit, for the way to the database and back; and how soon after that
 * nothing may be busy with a request any more. What hangs takes longer on any machine.
 */
export const graceMs = isMeasuring ? 1_000 : 10_000;

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
