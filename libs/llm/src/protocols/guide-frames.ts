import { LlmServerError, LlmFrameError } from '../errors/answer-errors.js';
import { asMetadata, asName } from './answer-facts.js';
import { parseJsonFrame, quoteFrame } from './json-frame.js';
import { asCount, asString, isJsonObject, type JsonObject } from './json-values.js';
import { type DecodedFrame, type ProtocolEvent } from './protocol.js';

/** Keys of frames that are not part of an answer: greetings, progress, keepalives. */
const noticeKeys = ['type', 'event', 'status', 'ping', 'pong', 'info'];

/** Keys that make a frame part of an answer. The other keys of the protocol only accompany these. */
const answerKeys = ['response', 'chunk', 'done', 'error', 'error_code', 'error_message', 'finish_reason'];

/**
 * Decodes a frame of the guide protocol. An error takes precedence over an end, and an end over a piece. A JSON value that is
 * none of these is unknown.
 */
export function decodeGuideFrame(text: string): DecodedFrame {
  let frame: unknown;
  try {
    frame = parseJsonFrame(text);
  } catch (cause) {
    if (cause instanceof LlmFrameError) return failure(cause);
    throw cause;
  }
  if (!isJsonObject(frame)) return decodeOtherValue(frame, text);
  const requestId = asString(frame.request_id);
  const event = eventOf(frame, text);
  if (event !== undefined) return { requestId, event };
  if (noticeKeys.some((key) => Object.hasOwn(frame, key))) return { requestId };
  const error = new LlmFrameError(
    `it has no "response", "chunk" or "error": ${quoteFrame(text)} (${describe})`,
  );
  return { requestId, unknown: { error, isOfAnswer: isOfAnswer(frame) } };
}

/** The remedy for frames of another form. */
const describe = 'a protocol description can read frames of another form';

function decodeOtherValue(value: unknown, text: string): DecodedFrame {
  if (Array.isArray(value) && value.some((item) => isJsonObject(item) && isOfAnswer(item))) {
    const remedy = 'the server must send each object in a frame of its own';
    return failure(new LlmFrameError(`it is a list, not one object: ${quoteFrame(text)} (${remedy})`));
  }
  const error = new LlmFrameError(`it is not a JSON object: ${quoteFrame(text)} (${describe})`);
  return { unknown: { error, isOfAnswer: false } };
}

/** Whether the frame has a value for a key of an answer. `false` and an empty text say that there is none. */
function isOfAnswer(frame: JsonObject): boolean {
  return answerKeys.some((key) => isGiven(frame[key]));
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== '';
}

function eventOf(frame: JsonObject, text: string): ProtocolEvent | undefined {
  if (isGiven(frame.error)) return { type: 'error', error: serverErrorOf(frame) };
  if (typeof frame.response === 'string' && frame.done !== false) return endOf(frame, frame.response);
  const piece = frame.chunk ?? frame.response ?? undefined;
  if (typeof piece === 'string') {
    return frame.done === true ? endOf(frame, undefined, piece) : { type: 'delta', text: piece };
  }
  if (frame.done === true) return endOf(frame, undefined);
  if (piece === undefined) return undefined;
  const key = isGiven(frame.chunk) ? 'chunk' : 'response';
  const error = new LlmFrameError(`its "${key}" is not a text: ${quoteFrame(text)} (${describe})`);
  return { type: 'error', error };
}

/** The end of an answer. A chunk with `done` is an end whose text is the last piece. */
function endOf(frame: JsonObject, text: string | undefined, lastPiece?: string): ProtocolEvent {
  const totalTokens = asCount(frame.tokens_used);
  const metadata = asMetadata(frame.metadata);
  return {
    type: 'end',
    ...(text === undefined || text === '' ? {} : { text }),
    ...(lastPiece === undefined ? {} : { lastPiece }),
    ...(totalTokens === undefined ? {} : { usage: { totalTokens } }),
    ...(typeof frame.model === 'string' ? { model: asName(frame.model) } : {}),
    finishReason: asName(asString(frame.finish_reason) || 'completed'),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** Reads `error`: true with `error_code` and `error_message`, a text, or an object with `code` and `message`. */
function serverErrorOf(frame: JsonObject): LlmServerError {
  const nested = isJsonObject(frame.error) ? frame.error : {};
  const code = asString(frame.error_code) ?? asString(nested.code) ?? 'server_error';
  const message = asString(frame.error_message) ?? asString(nested.message) ?? asString(frame.error) ?? '';
  const seconds = frame.retry_after ?? nested.retry_after;
  const retryAfterMs =
    typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
  return new LlmServerError(code, message, retryAfterMs);
}

function failure(error: LlmFrameError): DecodedFrame {
  return { event: { type: 'error', error } };
}
