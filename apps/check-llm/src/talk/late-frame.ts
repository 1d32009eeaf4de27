import { type DecodedFrame } from '#llm';

/** A frame with a part of an answer, although the answer was over, or none had been requested. */
export interface LateFrame {
  text: string;
  /** Since the end or the error that it follows; of a greeting, since the connection was opened; in milliseconds. */
  afterMs: number;
  /** Whether it names its request or answer, so that it cannot be mistaken for another one. */
  isNamed: boolean;
}

/** @param frame undefined for a frame that is not of the protocol */
export function lateFrame(text: string, afterMs: number, frame: DecodedFrame | undefined): LateFrame {
  return {
    text,
    afterMs,
    isNamed: frame !== undefined && (frame.requestId !== undefined || frame.answerId !== undefined),
  };
}
