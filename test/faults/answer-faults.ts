import { type Behavior } from '#mock-llm';
import { type CatalogName, type Fault, type Effect } from './fault.js';

const timeouts = ['first_token_timeout', 'idle_timeout', 'total_timeout'];

/** A fault that occurs before the first token, and after three tokens. */
function both(
  name: string,
  effect: Effect,
  codes: readonly string[],
  mock: Partial<Behavior>,
  more: Partial<Fault> = {},
): Fault {
  return { name, effect, codes, before: { mock }, after: { mock: { ...mock, afterTokens: 3 } }, ...more };
}

/** A fault that occurs only before the first token. */
function always(
  name: string,
  effect: Effect,
  codes: readonly string[],
  mock: Partial<Behavior>,
  more: Partial<Fault> = {},
): Fault {
  return { name, effect, codes, before: { mock }, ...more };
}

function reported(code: string, effect: Effect, catalog?: CatalogName, mock: Partial<Behavior> = {}): Fault {
  const behavior = { errorCode: code, errorMessage: `the provider says ${code}`, ...mock };
  return both(`error ${code}`, effect, [code], behavior, catalog === undefined ? {} : { catalog });
}

function closed(closeCode: number, effect: Effect, code: string): Fault {
  return both(`close ${closeCode}`, effect, [code], { closeCode });
}

function garbage(kind: NonNullable<Behavior['garbage']>, more: Partial<Fault> = {}): Fault {
  return both(`garbage: ${kind}`, 'failed', ['invalid_frame'], { garbage: kind }, more);
}

/** The server reports an error. */
const errors: Fault[] = [
  reported('internal_error', 'failed', '5xx-like error'),
  reported('overloaded', 'failed', 'overloaded'),
  reported('rate_limited', 'failed', '429 with Retry-After', { retryAfter: 30 }),
  reported('timeout', 'failed'),
  reported('unauthorized', 'failed', 'auth failure'),
  reported('invalid_api_key', 'failed', 'auth failure', { errorStyle: 'string' }),
  reported('model_not_found', 'wrong_model'),
  reported('context_length_exceeded', 'wrong_model', 'context too long'),
  reported('content_policy_violation', 'refused', 'content refused'),
  reported('invalid_request', 'refused'),
  reported('some_unknown_code', 'failed'),
  both(
    'error rate_limited for 0.2 s',
    'failed',
    ['rate_limited'],
    { errorCode: 'rate_limited', retryAfter: 0.2 },
    { times: 1, waitsMs: 200, catalog: '429 with Retry-After' },
  ),
  both('error overloaded once', 'failed', ['overloaded'], { errorCode: 'overloaded' }, { times: 1 }),
];

/** The server closes the connection before the end of the answer. */
const ends: Fault[] = [
  ...[1000, 1001, 1005, 1006, 1012].map((code) => closed(code, 'failed', 'connection_closed')),
  closed(1011, 'failed', 'internal_error'),
  closed(1013, 'failed', 'overloaded'),
  ...[1002, 1007, 1009].map((code) => closed(code, 'refused', 'request_rejected')),
  closed(1008, 'refused', 'policy_violation'),
  both('cut by RST', 'failed', ['connection_closed'], { cut: 'reset' }, { catalog: 'cut mid-stream' }),
  both('cut by FIN', 'failed', ['connection_closed'], { cut: 'end' }, { catalog: 'cut mid-stream' }),
  both('cut once', 'failed', ['connection_closed'], { cut: 'reset' }, { times: 1 }),
  {
    name: 'truncated: closed with 1000 instead of the end frame',
    catalog: 'truncated stream without its end',
    effect: 'failed',
    codes: ['connection_closed'],
    after: { mock: { truncate: true } },
    plain: { mock: { truncate: true } },
  },
  both('the server goes down', 'failed', ['connection_closed'], { downForMs: 1_000 }),
];

/** The server sends nothing, or too late. */
const silences: Fault[] = [
  both('stall', 'failed', timeouts, { stall: true }, { catalog: 'stall mid-stream' }),
  both('freeze', 'failed', timeouts, { freeze: true }),
  always('silence', 'failed', timeouts, { silence: true }),
  always(
    'slow first token',
    'failed',
    timeouts,
    { firstTokenDelayMs: 20_000 },
    {
      catalog: 'slow first token',
    },
  ),
  always('never reads', 'failed', timeouts, { neverRead: true }),
  always('late, within the limit', 'harmless', [], { serviceTimeMs: 150 }),
  always('slow but alive', 'harmless', [], { tokensPerSecond: 40 }),
];

/** The server sends invalid, unexpected or too many frames. */
const garbles: Fault[] = [
  garbage('not-json', { catalog: 'malformed frame' }),
  garbage('binary'),
  garbage('wrong-shape'),
  // The guide protocol passes over objects that have none of its keys.
  both('garbage: proto-keys', 'harmless', [], { garbage: 'proto-keys' }),
  garbage('foreign-request', { isLater: true }),
  garbage('invalid-utf8'),
  garbage('bad-frame'),
  garbage('fragments', { isHeavy: true }),
  both('oversize frame', 'failed', ['invalid_frame'], { oversizeBytes: 17 * 1024 * 1024 }, { isHeavy: true }),
  always('empty answer', 'failed', ['empty_answer'], { emptyAnswer: true }),
  both('error, then an end frame', 'failed', ['internal_error'], {
    errorCode: 'internal_error',
    errorEnd: true,
  }),
  always('frames after the end', 'harmless', [], { extraFrames: 3 }),
  always('end frame twice', 'harmless', [], { duplicateEnd: true }),
  always('end without the text', 'harmless', [], { finalWithoutResponse: true }),
  always('not streamed although requested', 'harmless', [], { ignoreStream: true }),
  always('greets', 'harmless', [], { greet: true }),
  always('greets with an answer', 'harmless', [], { greetAnswer: 'Welcome! Ask me anything.' }),
  always('100,000 frames at once', 'harmless', [], { reply: 'flood '.repeat(100_000) }, { isHeavy: true }),
  always('20,000 frames after the end', 'harmless', [], { extraFrames: 20_000 }, { isHeavy: true }),
  both(
    'answer too large',
    'wrong_model',
    ['answer_too_large'],
    { oversizeBytes: 5 * 1024 * 1024 },
    {
      isHeavy: true,
    },
  ),
];

/** The server rejects or does not answer the WebSocket handshake. */
const handshakes: Fault[] = [
  ...[401, 403].map((refuse) =>
    always(`handshake ${refuse}`, 'failed', ['unauthorized'], { refuse }, { catalog: 'auth failure' }),
  ),
  always('handshake 404', 'failed', ['handshake_refused'], { refuse: 404 }),
  always(
    'handshake 429, Retry-After 30',
    'failed',
    ['rate_limited'],
    { refuse: 429, retryAfter: 30 },
    { catalog: '429 with Retry-After' },
  ),
  ...[500, 503].map((refuse) =>
    always(`handshake ${refuse}`, 'failed', ['overloaded'], { refuse }, { catalog: '5xx-like error' }),
  ),
  always(
    'handshake 503 once, Retry-After 1',
    'failed',
    ['overloaded'],
    { refuse: 503, retryAfter: 1 },
    { times: 1, waitsMs: 1_000 },
  ),
  always(
    'handshake never answered',
    'failed',
    ['connect_timeout'],
    { hangHandshake: true },
    {
      catalog: 'timeout on connect',
    },
  ),
];

/** The faults of an LLM server itself. */
export const answerFaults: readonly Fault[] = [...errors, ...ends, ...silences, ...garbles, ...handshakes];
