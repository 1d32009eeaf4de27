import { type AnswerEnd, type LlmError, type ProtocolError } from '#llm';
import { type LateFrame } from './late-frame.js';
import { type Closed, type Frame } from './line.js';

/** Why an answer did not come to its end. */
export type Trouble = 'silent' | 'stopped' | 'too_long' | 'not_understood' | 'closed';

/** What came of one request. Times are in milliseconds from when it was sent. */
export interface Answer {
  /** Everything that was said from the request on. */
  frames: readonly Frame[];
  /** The text that its readers end up with. */
  text: string;
  /** The joined pieces, without what the end says. */
  streamedText: string;
  pieces: number;
  /** How often the text so far was not the beginning of the next one. */
  replaced: number;
  firstMs: number | undefined;
  endMs: number | undefined;
  longestGapMs: number;
  end: AnswerEnd | undefined;
  error: LlmError | undefined;
  /** What that error ends. */
  errorReach: ProtocolError['reach'];
  trouble: Trouble | undefined;
  closed: Closed | undefined;
  /** Frames that the protocol cannot be speaking; Parley leaves a connection at the first one. */
  senseless: readonly string[];
  /** Frames that came after the end, or after the error. */
  late: readonly LateFrame[];
}

/** Did it come to the protocol's own end, with a text? */
export function isWhole({ end, text }: Answer): boolean {
  return end !== undefined && text !== '';
}

/** Was anything of it understood: a piece, an end, or an error of the server? */
export function isUnderstood({ end, error, pieces }: Answer): boolean {
  return end !== undefined || error !== undefined || pieces > 0;
}
