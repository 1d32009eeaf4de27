import { LlmError, type RetryScope } from './llm-error.js';

const serverCodes: Readonly<Record<string, { scope: RetryScope; retryable: boolean }>> = {
  rate_limited: { scope: 'anywhere', retryable: true },
  overloaded: { scope: 'anywhere', retryable: true },
  internal_error: { scope: 'anywhere', retryable: true },
  timeout: { scope: 'elsewhere', retryable: true },
  unauthorized: { scope: 'elsewhere', retryable: false },
  invalid_api_key: { scope: 'elsewhere', retryable: false },
  model_not_found: { scope: 'other_route', retryable: false },
  context_length_exceeded: { scope: 'other_route', retryable: false },
  content_policy_violation: { scope: 'never', retryable: false },
  invalid_request: { scope: 'never', retryable: false },
};

const unknownServerCode = { scope: 'anywhere', retryable: true } as const;

/** The LLM server itself reported an error, in its protocol's words. Known codes decide where to go next. */
export class LlmServerError extends LlmError {
  constructor(serverCode: string, message: string, retryAfterMs?: number) {
    const code = normaliseCode(serverCode);
    super(message.slice(0, 1_000) || `the LLM server reported ${code}`, {
      code,
      ...((Object.hasOwn(serverCodes, code) ? serverCodes[code] : undefined) ?? unknownServerCode),
      retryAfterMs,
    });
  }
}

/** Codes come from outside: bounded, and in one spelling, so that they can be metric labels. */
function normaliseCode(serverCode: string): string {
  const code = serverCode
    .slice(0, 256)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
    .slice(0, 64);
  return code === '' ? 'server_error' : code;
}

/** A frame that the protocol cannot be speaking: not JSON, binary, or of another shape. */
export class LlmFrameError extends LlmError {
  constructor(detail: string, cause?: unknown) {
    super(`the LLM server sent a frame that cannot be understood: ${detail}`, {
      code: 'invalid_frame',
      scope: 'elsewhere',
      cause,
    });
  }
}

/** The answer ended as its protocol says, but without any text and without a reason for that. */
export class LlmEmptyAnswerError extends LlmError {
  /** @param endpoint the server's address without credentials */
  constructor(endpoint: string) {
    super(`${endpoint} ended the answer without any text`, {
      publicMessage: 'the LLM server ended the answer without any text',
      code: 'empty_answer',
      scope: 'elsewhere',
    });
  }
}

/** The answer grew past what one request may hold in memory. */
export class LlmAnswerTooLargeError extends LlmError {
  constructor(limit: number) {
    super(`the answer is longer than ${limit} characters`, {
      code: 'answer_too_large',
      scope: 'other_route',
    });
  }
}

/** The caller's signal was aborted. */
export class LlmCancelledError extends LlmError {
  constructor(cause?: unknown) {
    super('the request was cancelled', { code: 'cancelled', scope: 'never', cause });
  }
}

/** Every endpoint of every route has failed. `cause` is the last failure. */
export class LlmUnavailableError extends LlmError {
  /** @param retryAfterMs when the first of the servers may be asked again, as far as one of them said so */
  constructor(cause: LlmError | undefined, retryAfterMs = cause?.retryAfterMs) {
    super(
      cause === undefined ? 'no LLM endpoint can be asked' : `no LLM endpoint answered: ${cause.message}`,
      {
        ...(cause !== undefined && { publicMessage: `no LLM endpoint answered: ${cause.publicMessage}` }),
        code: 'llm_unavailable',
        scope: 'never',
        retryable: true,
        retryAfterMs,
        cause,
      },
    );
  }
}
