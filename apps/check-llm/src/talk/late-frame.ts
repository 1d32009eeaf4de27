import { type DecodedFrame } from '#llm';

/** A frame that says something of an answer, although the answer was over, or none had been asked for. */
export interface LateFrame {
  text: string;
  /** Since the end or the error that it follows; of a greeting, since the connection was opened; in milliseconds. */
  afterMs: number;
  /** Whether it names its request or answer, so that it cannot pass for another one. */
  isNamed: boolean;
}

/** @param frame undefined for one that the protocol cannot be speaking */
export function lateFrame(text: string, afterMs: number, frame: DecodedFrame | undefined): LateFrame {
  return {
    text,
    afterMs,
    isNamed: frame !== undefined && (frame.requestId !== undefined || frame.answerId !== undefined),
  };
}
