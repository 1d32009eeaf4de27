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

/** The LLM server reported an error in its protocol. A known code determines the retry scope; other codes: `anywhere`. */
export class LlmServerError extends LlmError {
  /**
   * @param serverCode as the server sent it; normalized to at most 64 characters of `a-z`, `0-9` and `_`
   * @param message cut to 1000 characters
   * @param retryAfterMs how long the server asks to wait, in ms
   */
  constructor(serverCode: string, message: string, retryAfterMs?: number) {
    const code = normalizeCode(serverCode);
    super(message.slice(0, 1_000) || `the LLM server reported ${code}`, {
      code,
      ...((Object.hasOwn(serverCodes, code) ? serverCodes[code] : undefined) ?? unknownServerCode),
      retryAfterMs,
    });
  }
}

/** Bounds the length and the alphabet of a code from a server, because codes become metric labels. */
function normalizeCode(serverCode: string): string {
  const code = serverCode
    .slice(0, 256)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
    .slice(0, 64);
  return code === '' ? 'server_error' : code;
}

/** A frame that does not follow the protocol: not JSON, binary, or of another shape. */
export class LlmFrameError extends LlmError {
  /** @param detail what is wrong with the frame; may quote its start, with secrets redacted */
  constructor(
    readonly detail: string,
    cause?: unknown,
  ) {
    super(`the LLM server sent a frame that cannot be understood: ${detail}`, {
      code: 'invalid_frame',
      scope: 'elsewhere',
      cause,
    });
  }
}

/** The answer ended regularly, but without text and without a finish reason that explains this. */
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

/** The answer exceeds the maximum length that one request may keep in memory. */
export class LlmAnswerTooLargeError extends LlmError {
  /** @param limit in characters */
  constructor(limit: number) {
    super(`the answer is longer than ${limit} characters`, {
      code: 'answer_too_large',
      scope: 'other_route',
    });
  }
}

/** The request was cancelled: the caller's signal was aborted, its reader stopped, or the client was closed. */
export class LlmCancelledError extends LlmError {
  constructor(cause?: unknown) {
    super('the request was cancelled', { code: 'cancelled', scope: 'never', cause });
  }
}

/** Every endpoint of every route has failed. `cause` is the last failure. */
export class LlmUnavailableError extends LlmError {
  /** @param retryAfterMs the shortest remaining wait that a server has asked for, in ms; undefined if none did */
  constructor(cause: LlmError | undefined, retryAfterMs = cause?.retryAfterMs) {
    super(
      cause === undefined ? 'no LLM endpoint is available' : `no LLM endpoint answered: ${cause.message}`,
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
