import { type Timer } from '../clock.js';
import { type LlmFrameError } from '../errors/answer-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { AnswerAssembly, type AnswerEvent } from '../protocols/answer-assembly.js';
import { type EncodeContext, type LlmRequest, type ProtocolError } from '../protocols/protocol.js';

/** Receives the events of one answer, synchronously and in order; none follows an end, an error or `failed`. */
export interface ExchangeListener {
  event(event: AnswerEvent | ProtocolError): void;
  /** The connection has ended, or its frames are no longer reliable. */
  failed(error: LlmError): void;
}

/** One request in flight on a connection. */
export interface Exchange {
  /**
   * Abandons an unfinished answer; its further frames are dropped. If the protocol has no cancel frame, and these frames
   * could not be distinguished from the next answer, the connection is terminated. A shared connection takes no more
   * requests after a timeout without a byte received, because it may be dead. Does nothing once the answer has ended.
   * @param why the error that caused it; undefined if the caller no longer needs the answer
   */
  abandon(why?: LlmError): void;
  /** The first unknown frame that was passed over while the answer was awaited. */
  readonly firstUnknown: LlmFrameError | undefined;
}

/** The state of a request until its answer has ended. */
export class OpenExchange {
  readonly assembly = new AnswerAssembly();
  /** Whether each frame of the answer so far had the id of this request. */
  repeatsId = true;
  /** Whether a frame of the answer has arrived. */
  hasBegun = false;
  /** Whether an error has failed it, and its end frame follows. */
  hasFailed = false;
  /** Ends the answer after a pause, if the protocol does. */
  silence: Timer | undefined;
  /** The first unknown frame that was passed over while the answer was awaited. */
  firstUnknown: LlmFrameError | undefined;
  /** Bytes received on the connection up to the last frame of the answer. */
  bytesAtLastFrame: number;

  /**
   * @param listener undefined once the answer is abandoned
   * @param bytesBefore bytes received on the connection before the request was sent
   * @param requiresId whether frames without the id of the request are rejected. It does not change with the endpoint's
   * mode: a connection that was used without a quiet period may still receive frames of the previous answer
   */
  constructor(
    readonly id: string,
    readonly request: LlmRequest,
    readonly context: EncodeContext,
    public listener: ExchangeListener | undefined,
    readonly bytesBefore: number,
    readonly requiresId: boolean,
  ) {
    this.bytesAtLastFrame = bytesBefore;
  }
}
