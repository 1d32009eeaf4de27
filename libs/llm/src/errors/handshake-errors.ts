import { hideAddresses } from './hide-addresses.js';
import { LlmError, type RetryScope } from './llm-error.js';

/** In characters. */
const maxReasonLength = 100;
const maxLocationLength = 300;
const maxTextLength = 200;

/** What a server wrote when it refused the WebSocket handshake. Texts are redacted; they are cut here. */
export interface HandshakeRefusal {
  /** The reason phrase after the status, such as `Forbidden`. */
  reason?: string | undefined;
  /** The Location header without its query. */
  location?: string | undefined;
  /** The start of the body, if it is text. */
  text?: string | undefined;
  /** From the Retry-After header, in ms. */
  retryAfterMs?: number | undefined;
}

/** The server answered the WebSocket handshake with an HTTP status instead of 101. */
export class LlmHandshakeError extends LlmError {
  /** @param endpoint the server's address without credentials */
  constructor(
    endpoint: string,
    readonly status: number,
    refusal: HandshakeRefusal = {},
  ) {
    const { reason = '', location, text, retryAfterMs } = refusal;
    const phrase = reason === '' ? '' : ` ${reason.slice(0, maxReasonLength)}`;
    const hint = Object.hasOwn(hints, status) ? ` (${hints[status]})` : '';
    const target = location === undefined ? '' : `, Location: ${location.slice(0, maxLocationLength)}`;
    const quoted = text === undefined || text === '' ? '' : `: ${text.slice(0, maxTextLength)}`;
    const refused = `refused the WebSocket handshake with HTTP ${status}${phrase}`;
    super(`${endpoint} ${refused}${hint}${target}${quoted}`, {
      publicMessage: `the LLM server ${hideAddresses(refused)}`,
      ...handshakeVerdict(status),
      retryAfterMs,
    });
  }
}

/** The HTTP request that a protocol needs before a connection was refused, or its response lacks a value. */
export class LlmSessionRequestError extends LlmError {
  /**
   * @param url of the request, without credentials and query
   * @param problem an HTTP status from 400, or what is wrong with the response
   * @param retryAfterMs from the Retry-After header, in ms
   */
  constructor(url: string, problem: number | string, retryAfterMs?: number) {
    const says = typeof problem === 'number' ? `it was refused with HTTP ${problem}` : problem;
    super(`the HTTP request to ${url} before the connection failed: ${says}`, {
      publicMessage: `the HTTP request before the connection to the LLM server failed: ${says}`,
      ...(typeof problem === 'number'
        ? handshakeVerdict(problem)
        : ({ code: 'handshake_refused', scope: 'elsewhere', retryable: false } as const)),
      retryAfterMs,
    });
  }
}

/** What is usually wrong, by status. */
const hints: Readonly<Record<number, string>> = {
  401: 'the key is missing or wrong',
  403: 'wrong key, path, Origin or User-Agent',
  404: 'wrong path',
};

/** 401 and 403 are permanent with the same credentials; 429 and 5xx are temporary; any other status is a wrong address. */
function handshakeVerdict(status: number): { code: string; scope: RetryScope; retryable?: boolean } {
  if (status === 401 || status === 403) return { code: 'unauthorized', scope: 'elsewhere', retryable: false };
  if (status === 429) return { code: 'rate_limited', scope: 'anywhere' };
  if (status >= 500) return { code: 'overloaded', scope: 'anywhere' };
  return { code: 'handshake_refused', scope: 'elsewhere', retryable: false };
}

/** What is wrong with a response 101. */
export type HandshakeFault =
  'no_subprotocol' | 'other_subprotocol' | 'unrequested_subprotocol' | 'extension' | 'header';

/**
 * The server answered the WebSocket handshake with 101, but not as RFC 6455 (section 4.1) demands. The next handshake would
 * fail in the same way, so it is not tried again at this server.
 */
export class LlmInvalidHandshakeError extends LlmError {
  /**
   * @param endpoint the server's address without credentials
   * @param detail what is wrong, with the redacted values of the server
   */
  constructor(
    endpoint: string,
    readonly fault: HandshakeFault,
    detail: string,
    cause?: Error,
  ) {
    const wrong = `answered the WebSocket handshake incorrectly: ${detail.slice(0, 2 * maxTextLength)}`;
    super(`${endpoint} ${wrong}`, {
      publicMessage: `the LLM server ${hideAddresses(wrong)}`,
      code: 'handshake_refused',
      scope: 'elsewhere',
      retryable: false,
      cause,
    });
  }
}
