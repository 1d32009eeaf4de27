import { choice, decimal, integer, optional, type Setting, text, toggle } from './setting.js';

const DAY_MS = 86_400_000;
const MAX_TOKENS = 10_000_000;
const MAX_FRAME_BYTES = 256 * 1024 * 1024;

/** 1005 sends a close frame without a code, 1006 ends the connection without a close frame. */
const closeCode: Setting<number> = {
  ...integer(
    1000,
    1000,
    4999,
    'close the connection with this code instead of answering on (after the error frame, if there is one)',
  ),
  takes: 'a close code: 1000–1003, 1005–1014 or 3000–4999',
  accepts: (value): value is number =>
    Number.isInteger(value) &&
    (((value as number) >= 1000 && (value as number) <= 1014 && value !== 1004) ||
      ((value as number) >= 3000 && (value as number) <= 4999)),
};

const closeReason: Setting<string> = {
  ...text('', 'reason that goes with the close code'),
  takes: 'text of at most 123 bytes',
  accepts: (value): value is string => typeof value === 'string' && Buffer.byteLength(value) <= 123,
};

/** What is decided when a client connects. */
export const HANDSHAKE_SETTINGS = {
  refuse: optional(
    integer(503, 300, 599, 'answer the handshake with this HTTP status (with Retry-After if set)'),
  ),
  hangHandshake: toggle('accept the TCP connection and never answer the handshake'),
  apiKey: optional(text('', 'refuse handshakes without "Authorization: Bearer KEY": 401')),
  maxConnections: optional(
    integer(1, 0, 1_000_000, 'refuse handshakes beyond so many open connections: 503'),
  ),
  greet: toggle('send a welcome frame on connect, before any request'),
  greetAnswer: optional(text('', 'send a whole answer with this text on connect, before any request')),
  greetDelayMs: integer(0, 0, DAY_MS, 'delay of the greeting after the connection was accepted'),
  neverRead: toggle('complete the handshake, then never read from the socket'),
} as const;

/** What is decided for each request when it arrives. */
export const REQUEST_SETTINGS = {
  serviceTimeMs: integer(0, 0, DAY_MS, 'wait before the first frame'),
  firstTokenDelayMs: integer(0, 0, DAY_MS, 'wait longer before the first token, beyond the service time'),
  tokensPerSecond: decimal(0, 0, 1_000_000, 'pace of an answer; 0: as fast as possible'),

  answerAtMs: optional(
    integer(
      0,
      0,
      DAY_MS,
      'send the whole answer at once, this long after the request, regardless of the pace',
    ),
  ),

  reply: optional(text('', 'answer this text, whatever is asked')),
  tokens: optional(integer(1, 0, MAX_TOKENS, 'answer exactly so many tokens')),
  emptyAnswer: toggle('answer without any text: the final frame alone'),
  finishReason: optional(text('', 'finish_reason of the answer, whatever it is')),
  ignoreStream: toggle('answer in one frame although streaming was asked for'),

  afterTokens: integer(
    0,
    0,
    MAX_TOKENS,
    'misbehave after so many tokens (or at the end); 0: before the first',
  ),
  errorCode: optional(text('', 'end with an error frame: rate_limited, overloaded, internal_error, …')),
  errorMessage: optional(text('', 'message of that error frame')),
  errorStyle: choice(['flag', 'string'], 'error frames carry "error": true, or the message itself'),
  errorEnd: toggle('also send the final frame after an error frame'),
  errorEndDelayMs: integer(0, 0, DAY_MS, 'delay of that final frame after the error frame'),
  retryAfter: optional(
    decimal(1, 0, 86_400, 'seconds: retry_after of the error frame, Retry-After of a refusal'),
  ),
  closeCode: optional(closeCode),
  closeReason,
  cut: optional(choice(['reset', 'end'], 'cut the TCP connection without a close frame: RST or FIN')),
  stall: toggle('send no more of the answer; the connection stays alive'),
  freeze: toggle('stop like a frozen process: nothing read, nothing sent, no pongs'),
  downForMs: optional(
    integer(1000, 0, DAY_MS, 'the whole server goes down for so long: all cut, connections refused'),
  ),
  silence: toggle('never answer'),
  garbage: optional(
    choice(
      [
        'not-json',
        'binary',
        'wrong-shape',
        'proto-keys',
        'foreign-request',
        'invalid-utf8',
        'bad-frame',
        'fragments',
      ],
      'send a frame no client should swallow, then go on',
    ),
  ),
  oversizeBytes: optional(
    integer(1, 1, MAX_FRAME_BYTES, 'send a frame with so many bytes of text, then go on'),
  ),

  truncate: toggle('send all tokens, then close with 1000 instead of sending the final frame'),
  finalWithoutResponse: toggle('leave "response" out of the final frame of a streamed answer'),
  duplicateEnd: toggle('send the final frame twice'),
  duplicateEndDelayMs: integer(0, 0, DAY_MS, 'delay of the second final frame after the first one'),
  extraFrames: integer(0, 0, 100_000, 'send so many chunk frames after the end'),
  extraFramesDelayMs: integer(0, 0, DAY_MS, 'delay of those chunk frames after the end'),
} as const;

/** Every way in which the mock can be told to behave: one table for code, control port, flags and environment. */
export const BEHAVIOR_SETTINGS = { ...HANDSHAKE_SETTINGS, ...REQUEST_SETTINGS } as const;

type Values<T extends Record<string, Setting<unknown>>> = {
  readonly [K in keyof T]: T[K] extends Setting<infer V> ? V : never;
};

/** How the mock meets a new connection. Fields and defaults: {@link HANDSHAKE_SETTINGS}. */
export type HandshakeBehavior = Values<typeof HANDSHAKE_SETTINGS>;

/** How the mock answers one request. Fields and defaults: {@link REQUEST_SETTINGS}. */
export type RequestBehavior = Values<typeof REQUEST_SETTINGS>;

/** All of it. Times are milliseconds unless the name says otherwise; `null` means off. */
export type Behavior = HandshakeBehavior & RequestBehavior;

/** A polite, instant LLM: every setting at its default. */
export const DEFAULT_BEHAVIOR = Object.freeze(
  Object.fromEntries(Object.entries(BEHAVIOR_SETTINGS).map(([name, setting]) => [name, setting.default])),
) as Behavior;

/** Every mistake was found, not only the first. */
export class InvalidBehaviorError extends Error {
  readonly code = 'invalid_behaviour';

  constructor(readonly mistakes: readonly string[]) {
    super(`Invalid behavior:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`);
    this.name = 'InvalidBehaviorError';
  }
}

/**
 * Judges part of a behavior from outside (code or JSON) and returns it, without its undefined fields.
 * @throws InvalidBehaviorError naming every unknown field and every bad value
 */
export function checkBehavior(given: unknown): Partial<Behavior> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new InvalidBehaviorError(['a behavior is an object']);
  }
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  const mistakes = entries.flatMap(([name, value]) => mistakesOf(name, value));
  if (mistakes.length > 0) throw new InvalidBehaviorError(mistakes);
  return Object.fromEntries(entries);
}

function mistakesOf(name: string, value: unknown): string[] {
  if (!Object.hasOwn(BEHAVIOR_SETTINGS, name)) return [`${name}: no such behavior`];
  const setting: Setting<unknown> = BEHAVIOR_SETTINGS[name as keyof Behavior];
  return setting.accepts(value) ? [] : [`${name}: must be ${setting.takes}`];
}
