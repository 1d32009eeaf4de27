/** Limits of the servers under test, in ms: short, so that whatever hangs is soon given up. */
export const limits = { totalMs: 1_500, phaseMs: 300 };

export const environment = {
  LLM_TIMEOUT: String(limits.totalMs / 1_000),
  LLM_CONNECT_TIMEOUT: String(limits.phaseMs / 1_000),
  LLM_FIRST_TOKEN_TIMEOUT: String(limits.phaseMs / 1_000),
  LLM_IDLE_TIMEOUT: String(limits.phaseMs / 1_000),
  LLM_MAX_RETRIES: '1',
  LLM_RETRY_BASE_MS: '5',
  LLM_MAX_TOKENS: '1000000',
};

/** What a caller may have to wait beyond the total limit: a busy machine, and the way to the database and back. */
export const graceMs = 1_000;
