import { type RawData } from 'ws';
import { LlmFrameError } from '../errors/answer-errors.js';
import { LlmError } from '../errors/llm-error.js';
import { type DecodedFrame } from '../protocols/protocol.js';
import { type ConnectionSetup } from './dial/connection-setup.js';
import { frameText } from './frame-text.js';

/** What the protocol makes of a message; the error if it fails on it, which must not end the process. */
export function decodeFrame(
  data: RawData,
  isBinary: boolean,
  { protocol, rules, blot }: ConnectionSetup,
): DecodedFrame | LlmError {
  try {
    const text = frameText(data, isBinary, rules.binaryText);
    const frame = protocol.decode(text);
    // Servers like to repeat the key that they refuse.
    return frame.event?.type === 'error' ? protocol.decode(blot(text)) : frame;
  } catch (cause) {
    return protocolFailure(cause);
  }
}

/** Whatever a protocol threw, as one of our errors. */
export function protocolFailure(cause: unknown): LlmError {
  return cause instanceof LlmError ? cause : new LlmFrameError('the protocol failed on it', cause);
}
