import { type RawData } from 'ws';
import { LlmFrameError } from '../errors/answer-errors.js';
import { LlmError } from '../errors/llm-error.js';
import { FrameShapeError } from '../frame-json.js';
import { type DecodedFrame, type LlmProtocol } from '../protocols/protocol.js';
import { quoteFrame } from '../protocols/json-frame.js';
import { redactErrorFrame } from '../redaction/redact-error-frame.js';
import { type SecretRedactor } from '../redaction/secret-redactor.js';
import { type ConnectionSetup } from './dial/connection-setup.js';
import { frameText } from './frame-text.js';

/** Decodes a message with the protocol; an exception of the protocol becomes an error. Never throws. */
export function decodeFrame(
  data: RawData,
  isBinary: boolean,
  { protocol, rules, redactor }: Pick<ConnectionSetup, 'protocol' | 'rules' | 'redactor'>,
): DecodedFrame | LlmError {
  let text: string;
  try {
    text = frameText(data, isBinary, rules.binaryText);
  } catch (cause) {
    return isBinary && !rules.binaryText ? binaryError(data as Buffer, redactor) : protocolFailure(cause);
  }
  const frame = decoded(protocol, text);
  if (!isError(frame) || isOversized(frame)) return frame;
  // Servers often repeat the key that they refuse. The frame is redacted before its code and message are extracted:
  // these are truncated and respelled, so a secret could no longer be found in them.
  const redacted = decoded(protocol, redactErrorFrame(text, redactor));
  return isError(redacted) ? redacted : new LlmFrameError('the protocol failed on it');
}

/** Names the remedy if the frame contains text, with its start redacted. */
function binaryError(data: Buffer, redactor: SecretRedactor): LlmFrameError {
  let text: string;
  try {
    text = frameText(data, true, true);
  } catch (cause) {
    return new LlmFrameError(`it is binary, and not UTF-8 text (${data.length} bytes)`, cause);
  }
  const quote = quoteFrame(redactErrorFrame(text, redactor));
  const remedy =
    'the server must send text frames, or a protocol description must have "connection: { binary: true }", such as examples/protocols/guide-lenient.yaml';
  return new LlmFrameError(`it is binary: ${quote} (${remedy})`);
}

function decoded(protocol: LlmProtocol, text: string): DecodedFrame | LlmError {
  try {
    return protocol.decode(text);
  } catch (cause) {
    return protocolFailure(cause);
  }
}

function isError(frame: DecodedFrame | LlmError): boolean {
  return frame instanceof LlmError || frame.event?.type === 'error' || frame.unknown !== undefined;
}

/** Whether the error was raised before any content was read, so that it contains none of it. */
function isOversized(frame: DecodedFrame | LlmError): boolean {
  return frame instanceof LlmFrameError && frame.cause instanceof FrameShapeError;
}

/** Converts anything that a protocol has thrown into an {@link LlmError}. */
export function protocolFailure(cause: unknown): LlmError {
  if (cause instanceof FrameShapeError) return new LlmFrameError(cause.message, cause);
  return cause instanceof LlmError ? cause : new LlmFrameError('the protocol failed on it', cause);
}
