import { type AnswerEnd, type LlmError, type ProtocolError } from '#llm';
import { type LateFrame } from './late-frame.js';
import { type CloseInfo, type RecordedFrame } from './recorded-connection.js';

/**
 * Why an answer is incomplete. `silent`: no piece of it arrived in time. `stopped`: the next piece or the end did not
 * arrive in time. `too_long`: it exceeded the limit of the whole answer. `not_understood`: only undecodable frames
 * arrived. `closed`: the connection ended.
 */
export type AnswerFailure = 'silent' | 'stopped' | 'too_long' | 'not_understood' | 'closed';

/** The outcome of one request. Times are in milliseconds since it was sent. */
export interface Answer {
  /** The message of the request. */
  question: string;
  /** All frames from the request on, in both directions. */
  frames: readonly RecordedFrame[];
  /** The final text. */
  text: string;
  /** The joined pieces, without the text that the end frame repeats. */
  streamedText: string;
  pieces: number;
  /** How often a frame replaced the text so far instead of extending it. */
  replaced: number;
  firstMs: number | undefined;
  endMs: number | undefined;
  longestGapMs: number;
  end: AnswerEnd | undefined;
  error: LlmError | undefined;
  /** What that error ends: the answer, the connection or nothing. */
  errorReach: ProtocolError['reach'];
  failure: AnswerFailure | undefined;
  closed: CloseInfo | undefined;
  /** Frames that the protocol cannot decode; Parley closes a connection at the first one. */
  undecodable: readonly string[];
  /** What is wrong with the first of them, or with the first frame that the protocol does not know. */
  frameProblem: string | undefined;
  /** Frames after the end or the error. */
  late: readonly LateFrame[];
}

/** Whether the answer has the protocol's end and a text. */
export function isWhole({ end, text }: Answer): boolean {
  return end !== undefined && text !== '';
}

/** Whether any of it was understood: a piece, an end, or an error of the server. */
export function isUnderstood({ end, error, pieces }: Answer): boolean {
  return end !== undefined || error !== undefined || pieces > 0;
}
