import { type DecodedFrame } from '#llm';

/** A frame with a part of an answer, although the answer was complete or none had been requested. */
export interface LateFrame {
  text: string;
  /** Milliseconds since the end or the error that it follows; of a greeting, since the connection was opened. */
  afterMs: number;
  /** Whether it has the id of its request or answer, so that it cannot be mistaken for part of another answer. */
  hasId: boolean;
}

/** Creates a {@link LateFrame}. @param frame undefined for a frame that the protocol cannot decode */
export function lateFrame(text: string, afterMs: number, frame: DecodedFrame | undefined): LateFrame {
  return {
    text,
    afterMs,
    hasId: frame !== undefined && (frame.requestId !== undefined || frame.answerId !== undefined),
  };
}
