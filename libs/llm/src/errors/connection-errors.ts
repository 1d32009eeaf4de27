import { printable } from '../storable-text.js';
import { type LlmFrameError } from './answer-errors.js';
import { hideAddresses } from './hide-addresses.js';
import { LlmError, type RetryScope } from './llm-error.js';

/** The TCP or TLS connection could not be established: refused, reset, unknown host, bad certificate. */
export class LlmConnectError extends LlmError {
  /**
   * @param endpoint the server's address without credentials
   * @param proxy the address of the proxy without credentials, if there is one
   */
  constructor(endpoint: string, cause: Error, proxy?: string) {
    const through = proxy === undefined ? '' : ` through the proxy ${proxy}`;
    super(`${endpoint} cannot be reached${through}: ${reasonOf(cause)}`, {
      publicMessage: 'the LLM server cannot be reached',
      code: 'connect_failed',
      scope: 'anywhere',
      cause,
    });
  }
}

/** The proxy refused to connect to the server. 5xx: the proxy does not reach it; otherwise it is not allowed. */
export class LlmProxyError extends LlmError {
  /**
   * @param endpoint the server's address without credentials
   * @param proxy the address of the proxy without credentials
   */
  constructor(
    endpoint: string,
    proxy: string,
    readonly status: number,
  ) {
    const hint = status === 407 ? ' (user and password in HTTPS_PROXY are missing or wrong)' : '';
    super(`${endpoint} cannot be reached: the proxy ${proxy} refused with HTTP ${status}${hint}`, {
      publicMessage: `the LLM server cannot be reached: the proxy refused with HTTP ${status}`,
      code: 'connect_failed',
      ...(status >= 500 ? { scope: 'anywhere' } : { scope: 'elsewhere', retryable: false }),
    });
  }
}

/** In addresses of one host. */
const maxNamedAddresses = 8;

/** If a host has several addresses, Node leaves the message empty, and gives the reason for each address in `errors`. */
function reasonOf(cause: Error): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) {
    return cause.errors.slice(0, maxNamedAddresses).map(reasonOfAddress).join('; ');
  }
  return cause.message || (cause as NodeJS.ErrnoException).code || cause.name;
}

function reasonOfAddress(error: unknown): string {
  return error instanceof Error ? reasonOf(error) : String(error);
}

/** The connection closed before the protocol's end of the answer. */
export class LlmConnectionClosedError extends LlmError {
  /**
   * @param endpoint the server's address without credentials
   * @param closeCode of the close frame (RFC 6455); 1006 if there was none
   * @param reason of the close frame; cut to 200 characters
   */
  constructor(
    endpoint: string,
    readonly closeCode: number,
    reason = '',
    cause?: Error,
  ) {
    const given = reason === '' ? '' : `: ${printable(reason.slice(0, 200))}`;
    super(`the connection to ${endpoint} ended (code ${closeCode}${given})`, {
      publicMessage: `the connection to the LLM server ended (code ${closeCode}${hideAddresses(given)})`,
      ...closeVerdict(closeCode),
      cause,
    });
  }
}

/**
 * RFC 6455 section 7.4 and the IANA registry of close codes. 1002, 1003, 1007, 1009 and 1010 mean that the request is
 * invalid; 1008 is policy or credentials; 1011 is an internal error of the server; 1013 is overload; every other code is
 * a lost connection.
 */
function closeVerdict(closeCode: number): { code: string; scope: RetryScope } {
  switch (closeCode) {
    case 1002:
    case 1003:
    case 1007:
    case 1009:
    case 1010:
      return { code: 'request_rejected', scope: 'never' };
    case 1008:
      return { code: 'policy_violation', scope: 'never' };
    case 1011:
      return { code: 'internal_error', scope: 'elsewhere' };
    case 1013:
      return { code: 'overloaded', scope: 'anywhere' };
    default:
      return { code: 'connection_closed', scope: 'anywhere' };
  }
}

/** The phases of an attempt that have their own time limit. */
export type TimeoutPhase = 'queue' | 'connect' | 'first_token' | 'idle' | 'total';

/** The setting of each limit, for messages. */
const settings: Readonly<Record<TimeoutPhase, string>> = {
  queue: 'LLM_QUEUE_TIMEOUT',
  connect: 'LLM_CONNECT_TIMEOUT',
  first_token: 'LLM_FIRST_TOKEN_TIMEOUT',
  idle: 'LLM_IDLE_TIMEOUT',
  total: 'LLM_TIMEOUT',
};

/** What else the message of an {@link LlmTimeoutError} says. */
export interface TimeoutDetails {
  /** Where the limit was set; default: the variable of the phase. */
  setting?: string | undefined;
  /** The first frame that the server sent meanwhile, if the protocol does not know it. */
  unknown?: LlmFrameError | undefined;
}

/**
 * A phase exceeded its time limit. Only a connect may be retried at the same endpoint: an endpoint that did not answer in
 * time is not asked again by the same request.
 */
export class LlmTimeoutError extends LlmError {
  readonly #parameters: readonly [limitMs: number, endpoint: string | undefined, details: TimeoutDetails];

  /** @param endpoint the server's address without credentials; left out for the total limit */
  constructor(
    readonly phase: TimeoutPhase,
    limitMs: number,
    endpoint?: string,
    details: TimeoutDetails = {},
  ) {
    const where = endpoint === undefined ? '' : ` at ${endpoint}`;
    const { setting = settings[phase], unknown } = details;
    const ranOut = `the ${phase.replace('_', ' ')} limit of ${Math.round(limitMs)} ms (${setting}) ran out`;
    const sent = unknown === undefined ? '' : `; it sent a frame that was passed over: ${unknown.detail}`;
    super(`${ranOut}${where}${sent}`, {
      publicMessage: `${ranOut}${hideAddresses(sent)}`,
      code: `${phase}_timeout`,
      scope: phase === 'connect' ? 'anywhere' : 'elsewhere',
    });
    this.#parameters = [limitMs, endpoint, details];
  }

  /** The same error with the first frame that the server sent meanwhile and that the protocol does not know. */
  withUnknownFrame(unknown: LlmFrameError): LlmTimeoutError {
    const [limitMs, endpoint, details] = this.#parameters;
    return new LlmTimeoutError(this.phase, limitMs, endpoint, { ...details, unknown });
  }
}

/** Every connection of the endpoint is busy, and its queue is full. */
export class LlmQueueFullError extends LlmError {
  /** @param limit the maximum number of waiting requests */
  constructor(endpoint: string, limit: number, code = 'llm_overloaded') {
    super(`${endpoint} already has ${limit} waiting requests`, {
      publicMessage: `the LLM server already has ${limit} waiting requests`,
      code,
      scope: 'elsewhere',
    });
  }
}

/** The request's owner uses its whole share of the endpoint's connections and of its queue. */
export class LlmOwnerLimitError extends LlmQueueFullError {
  /** @param waiting the number of the owner's requests in the queue */
  constructor(endpoint: string, waiting: number) {
    super(endpoint, waiting, 'owner_limit');
  }
}
