/** An invalid configuration. The message lists every mistake on a line of its own, and contains no secret. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'invalid_configuration';
  readonly retryable = false;

  constructor(readonly mistakes: readonly string[]) {
    super(`The configuration is not valid:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`);
  }
}
