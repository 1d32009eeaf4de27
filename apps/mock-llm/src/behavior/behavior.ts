import { choice, decimal, integer, optional, type Setting, text, toggle } from './setting.js';

const DAY_MS = 86_400_000;
const MAX_TOKENS = 10_000_000;
const MAX_FRAME_BYTES = 256 * 1024 * 1024;

/** 1005: a close frame without a code; 1006: no close frame. */
const closeCode: Setting<number> = {
  ...integer(
    1000,
    1000,
    4999,
    'close the connection with this code (after the error frame, if there is one)',
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

/** Settings that apply when a client connects. */
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

/** Settings that apply to each request. */
export const REQUEST_SETTINGS = {
  serviceTimeMs: integer(0, 0, DAY_MS, 'wait before the first frame'),
  firstTokenDelayMs: integer(0, 0, DAY_MS, 'wait longer before the first token, beyond the service time'),
  tokensPerSecond: decimal(0, 0, 1_000_000, 'speed of an answer; 0: as fast as possible'),

  answerAtMs: optional(
    integer(
      0,
      0,
      DAY_MS,
      'send the whole answer at once, so long after the request, regardless of the speed',
    ),
  ),

  reply: optional(text('', 'answer with this text')),
  tokens: optional(integer(1, 0, MAX_TOKENS, 'answer with exactly so many tokens')),
  emptyAnswer: toggle('answer without any text: the final frame alone'),
  finishReason: optional(text('', 'finish_reason of the answer')),
  ignoreStream: toggle('answer in one frame although streaming was requested'),

  afterTokens: integer(0, 0, MAX_TOKENS, 'fail after so many tokens (or at the end); 0: before the first'),
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
  cut: optional(choice(['reset', 'end'], 'end the TCP connection without a close frame: RST or FIN')),
  stall: toggle('send no more of the answer; the connection stays alive'),
  freeze: toggle('stop like a frozen process: read nothing, send nothing, no pongs'),
  downForMs: optional(
    integer(1000, 0, DAY_MS, 'stop the whole server for so long: connections are ended and refused'),
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
      'send a frame that every client should reject, then continue',
    ),
  ),
  oversizeBytes: optional(
    integer(1, 1, MAX_FRAME_BYTES, 'send a frame with so many bytes of text, then continue'),
  ),

  truncate: toggle('send all tokens, then close with 1000 instead of sending the final frame'),
  finalWithoutResponse: toggle('leave "response" out of the final frame of a streamed answer'),
  duplicateEnd: toggle('send the final frame twice'),
  duplicateEndDelayMs: integer(0, 0, DAY_MS, 'delay of the second final frame after the first one'),
  extraFrames: integer(0, 0, 100_000, 'send so many chunk frames after the end'),
  extraFramesDelayMs: integer(0, 0, DAY_MS, 'delay of those chunk frames after the end'),
} as const;

/** All settings: one table for code, control port, flags and environment. */
export const BEHAVIOR_SETTINGS = { ...HANDSHAKE_SETTINGS, ...REQUEST_SETTINGS } as const;

type Values<T extends Record<string, Setting<unknown>>> = {
  readonly [K in keyof T]: T[K] extends Setting<infer V> ? V : never;
};

/** The behavior for a new connection. Fields and defaults: {@link HANDSHAKE_SETTINGS}. */
export type HandshakeBehavior = Values<typeof HANDSHAKE_SETTINGS>;

/** The behavior for one request. Fields and defaults: {@link REQUEST_SETTINGS}. */
export type RequestBehavior = Values<typeof REQUEST_SETTINGS>;

/** The whole behavior. Times are in milliseconds unless the name has another unit; `null` means off. */
export type Behavior = HandshakeBehavior & RequestBehavior;

/** Every setting at its default: answers correctly and immediately. */
export const DEFAULT_BEHAVIOR = Object.freeze(
  Object.fromEntries(Object.entries(BEHAVIOR_SETTINGS).map(([name, setting]) => [name, setting.default])),
) as Behavior;

/** Invalid settings; lists every mistake. */
export class InvalidBehaviorError extends Error {
  readonly code = 'invalid_behaviour';

  constructor(readonly mistakes: readonly string[]) {
    super(`Invalid behavior:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`);
    this.name = 'InvalidBehaviorError';
  }
}

/**
 * Validates settings from code or JSON, and returns them without undefined fields.
 * @throws InvalidBehaviorError naming every unknown field and every bad value
 */
export function checkBehavior(settings: unknown): Partial<Behavior> {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw new InvalidBehaviorError(['a behavior is an object']);
  }
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  const mistakes = entries.flatMap(([name, value]) => mistakesOf(name, value));
  if (mistakes.length > 0) throw new InvalidBehaviorError(mistakes);
  return Object.fromEntries(entries);
}

function mistakesOf(name: string, value: unknown): string[] {
  if (!Object.hasOwn(BEHAVIOR_SETTINGS, name)) return [`${name}: no such behavior`];
  const setting: Setting<unknown> = BEHAVIOR_SETTINGS[name as keyof Behavior];
  return setting.accepts(value) ? [] : [`${name}: must be ${setting.takes}`];
}
