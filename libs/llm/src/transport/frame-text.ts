import { type RawData } from 'ws';
import { LlmFrameError } from '../errors/answer-errors.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of a received message. ws has already validated text messages as UTF-8.
 * @throws LlmFrameError for a binary message, unless `acceptsBinary` and it is UTF-8
 */
export function frameText(data: RawData, isBinary: boolean, acceptsBinary: boolean): string {
  if (!isBinary) return (data as Buffer).toString();
  if (!acceptsBinary) throw new LlmFrameError('it is binary');
  try {
    return utf8.decode(data as Buffer);
  } catch (cause) {
    throw new LlmFrameError('it is binary and not UTF-8', cause);
  }
}
