import { LlmServerError, LlmFrameError } from '../errors/answer-errors.js';
import { FrameShapeError, parseFrame } from '../frame-json.js';
import { asMetadata, asName } from './answer-facts.js';
import { asCount, asString, isJsonObject, type JsonObject } from './json-values.js';
import { type DecodedFrame, type ProtocolEvent } from './protocol.js';

/** Keys of frames that are not part of an answer: greetings, progress, keepalives. */
const noticeKeys = ['type', 'event', 'status', 'ping', 'pong', 'info'];

/** Decodes a frame of the guide protocol. An error takes precedence over an end, and an end over a piece. */
export function decodeGuideFrame(text: string): DecodedFrame {
  let frame: unknown;
  try {
    frame = parseFrame(text);
  } catch (cause) {
    if (cause instanceof FrameShapeError) throw cause;
    return failure(new LlmFrameError('it is not JSON', cause));
  }
  if (!isJsonObject(frame)) return failure(new LlmFrameError('it is not a JSON object'));
  const event = eventOf(frame);
  const requestId = asString(frame.request_id);
  return event === undefined ? { requestId } : { requestId, event };
}

function eventOf(frame: JsonObject): ProtocolEvent | undefined {
  if (frame.error !== undefined && frame.error !== null && frame.error !== false && frame.error !== '') {
    return { type: 'error', error: serverErrorOf(frame) };
  }
  if (typeof frame.response === 'string' && frame.done !== false) return endOf(frame, frame.response);
  const piece = frame.chunk ?? frame.response ?? undefined;
  if (typeof piece === 'string') {
    return frame.done === true ? endOf(frame, undefined, piece) : { type: 'delta', text: piece };
  }
  if (frame.done === true) return endOf(frame, undefined);
  if (piece === undefined && noticeKeys.some((key) => Object.hasOwn(frame, key))) return undefined;
  return {
    type: 'error',
    error: new LlmFrameError(`it has no usable "response", "chunk" or "error" (keys: ${keysOf(frame)})`),
  };
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

function keysOf(frame: JsonObject): string {
  return Object.keys(frame).slice(0, 8).join(', ').slice(0, 200) || 'none';
}
