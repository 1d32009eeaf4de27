import {
  LlmAnswerTooLargeError,
  LlmFrameError,
  LlmServerError,
  LlmUnavailableError,
} from './answer-errors.js';
import { LlmConnectError, LlmConnectionClosedError, LlmTimeoutError } from './connection-errors.js';
import { LlmHandshakeError, LlmInvalidHandshakeError } from './handshake-errors.js';

describe('LlmServerError', () => {
  it.each([
    ['rate_limited', 'anywhere', true],
    ['overloaded', 'anywhere', true],
    ['internal_error', 'anywhere', true],
    ['timeout', 'elsewhere', true],
    ['unauthorized', 'elsewhere', false],
    ['invalid_api_key', 'elsewhere', false],
    ['model_not_found', 'other_route', false],
    ['context_length_exceeded', 'other_route', false],
    ['content_policy_violation', 'never', false],
    ['invalid_request', 'never', false],
    ['some_unknown_code', 'anywhere', true],
  ])('%s: %s, retryable %s', (code, scope, retryable) => {
    expect(new LlmServerError(code, 'm')).toMatchObject({ code, scope, retryable, message: 'm' });
  });

  it.each([
    ['Rate-Limited', 'rate_limited'],
    [' CONTEXT length exceeded! ', 'context_length_exceeded'],
    ['', 'server_error'],
    ['日本', 'server_error'],
    ['constructor', 'constructor'],
    ['x'.repeat(99), 'x'.repeat(64)],
  ])('normalizes the code %j to %s', (given, code) => {
    expect(new LlmServerError(given, '')).toHaveProperty('code', code);
  });

  it('has a bounded and storable message', () => {
    const { message } = new LlmServerError('x', `a\0${'🙂'.repeat(600)}`);
    expect(message).toHaveLength(1_000);
    expect(message).not.toContain('\0');
    expect(message.isWellFormed()).toBe(true);
  });
});

describe('LlmConnectionClosedError', () => {
  it.each([
    [1000, 'connection_closed', 'anywhere'],
    [1001, 'connection_closed', 'anywhere'],
    [1002, 'request_rejected', 'never'],
    [1003, 'request_rejected', 'never'],
    [1005, 'connection_closed', 'anywhere'],
    [1006, 'connection_closed', 'anywhere'],
    [1007, 'request_rejected', 'never'],
    [1008, 'policy_violation', 'never'],
    [1009, 'request_rejected', 'never'],
    [1010, 'request_rejected', 'never'],
    [1011, 'internal_error', 'elsewhere'],
    [1012, 'connection_closed', 'anywhere'],
    [1013, 'overloaded', 'anywhere'],
    [1014, 'connection_closed', 'anywhere'],
    [4000, 'connection_closed', 'anywhere'],
  ])('maps close code %i to %s, %s', (closeCode, code, scope) => {
    expect(new LlmConnectionClosedError('ws://h/', closeCode)).toMatchObject({ closeCode, code, scope });
  });

  it('contains at most 200 characters of the close reason', () => {
    const { message } = new LlmConnectionClosedError('ws://h/', 1001, 'y'.repeat(300));
    expect(message).toBe(`the connection to ws://h/ ended (code 1001: ${'y'.repeat(200)})`);
  });
});

describe('LlmHandshakeError', () => {
  it.each([
    [401, 'unauthorized', 'elsewhere', false],
    [403, 'unauthorized', 'elsewhere', false],
    [429, 'rate_limited', 'anywhere', true],
    [500, 'overloaded', 'anywhere', true],
    [503, 'overloaded', 'anywhere', true],
    [404, 'handshake_refused', 'elsewhere', false],
    [302, 'handshake_refused', 'elsewhere', false],
  ])('maps HTTP %i to %s, %s, retryable %s', (status, code, scope, retryable) => {
    expect(new LlmHandshakeError('ws://h/', status)).toMatchObject({ status, code, scope, retryable });
  });

  it('names the reason, the Location and the start of the body', () => {
    const refusal = { reason: 'Moved Permanently', location: 'wss://10.0.0.7/chat', text: 'go there' };
    expect(new LlmHandshakeError('ws://h/', 301, refusal)).toMatchObject({
      message:
        'ws://h/ refused the WebSocket handshake with HTTP 301 Moved Permanently, Location: wss://10.0.0.7/chat: go there',
      publicMessage: 'the LLM server refused the WebSocket handshake with HTTP 301 Moved Permanently',
    });
  });

  it('says what a 403 can mean', () => {
    expect(new LlmHandshakeError('ws://h/', 403, { reason: 'Forbidden' }).message).toBe(
      'ws://h/ refused the WebSocket handshake with HTTP 403 Forbidden (wrong key, path, Origin or User-Agent)',
    );
  });
});

describe('LlmInvalidHandshakeError', () => {
  it('is not retried at the same server', () => {
    expect(new LlmInvalidHandshakeError('ws://h/', 'no_subprotocol', 'it selects none')).toMatchObject({
      code: 'handshake_refused',
      scope: 'elsewhere',
      retryable: false,
      message: 'ws://h/ answered the WebSocket handshake incorrectly: it selects none',
      publicMessage: 'the LLM server answered the WebSocket handshake incorrectly: it selects none',
    });
  });
});

describe('other errors', () => {
  it('a connect timeout may be retried at the same endpoint, a first-token timeout only elsewhere', () => {
    expect(new LlmTimeoutError('connect', 5)).toMatchObject({ code: 'connect_timeout', scope: 'anywhere' });
    expect(new LlmTimeoutError('first_token', 5.4, 'ws://h/')).toMatchObject({
      code: 'first_token_timeout',
      scope: 'elsewhere',
      retryable: true,
      message: 'the first token limit of 5 ms (LLM_FIRST_TOKEN_TIMEOUT) ran out at ws://h/',
    });
  });

  it('a total timeout names its limit and no endpoint', () => {
    expect(new LlmTimeoutError('total', 60).message).toBe('the total limit of 60 ms (LLM_TIMEOUT) ran out');
  });

  it('a timeout quotes the first frame that was passed over meanwhile', () => {
    const late = new LlmTimeoutError('total', 60, 'ws://h/').withUnknownFrame(new LlmFrameError('it is [1]'));
    expect([late.code, late.message, late.publicMessage]).toEqual([
      'total_timeout',
      'the total limit of 60 ms (LLM_TIMEOUT) ran out at ws://h/; it sent a frame that was passed over: it is [1]',
      'the total limit of 60 ms (LLM_TIMEOUT) ran out; it sent a frame that was passed over: it is [1]',
    ]);
  });

  it('a connect error gives the reason even if Node leaves the message empty', () => {
    const cause = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
    expect(new LlmConnectError('ws://h/', cause)).toMatchObject({
      name: 'LlmConnectError',
      message: 'ws://h/ cannot be reached: ECONNREFUSED',
      cause,
    });
  });

  it('a connect error names every address that was tried', () => {
    const errors = [new Error('connect ECONNREFUSED ::1:9'), new Error('connect ECONNREFUSED 127.0.0.1:9')];
    const cause = Object.assign(new AggregateError(errors), { code: 'ECONNREFUSED' });
    expect(new LlmConnectError('ws://localhost:9/', cause).message).toBe(
      'ws://localhost:9/ cannot be reached: connect ECONNREFUSED ::1:9; connect ECONNREFUSED 127.0.0.1:9',
    );
  });

  it('LlmUnavailableError takes the wait over from its cause', () => {
    const cause = new LlmServerError('rate_limited', 'slow', 2_000);
    expect(new LlmUnavailableError(cause)).toMatchObject({ retryable: true, retryAfterMs: 2_000, cause });
    expect(new LlmUnavailableError(undefined).message).toBe('no LLM endpoint is available');
  });

  it('an answer that is too large may be retried on another route', () => {
    expect(new LlmAnswerTooLargeError(9)).toMatchObject({ scope: 'other_route', retryable: false });
  });
});
