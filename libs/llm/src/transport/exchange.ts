import { type LlmError } from '../errors/llm-error.js';
import { AnswerAssembly, type AnswerEvent } from '../protocols/answer-assembly.js';
import { type EncodeContext, type LlmRequest, type ProtocolError } from '../protocols/protocol.js';

/** Where the events of one answer go. Called synchronously, in order; nothing follows an end, an error or `failed`. */
export interface ExchangeListener {
  event(event: AnswerEvent | ProtocolError): void;
  /** The connection is gone, or cannot be trusted any more. */
  failed(error: LlmError): void;
}

/** One request in flight on a connection. */
export interface Exchange {
  /**
   * Gives up on an unfinished answer. Its frames will reach nobody: where the server cannot be told to stop and they
   * could not be told from the next answer's, the connection is cut. Where requests share it, it takes no more of them
   * after a time limit ran out while not a byte came: it may be dead without having said so. Does nothing once the answer
   * is over.
   * @param why undefined: it is not wanted any more
   */
  abandon(why?: LlmError): void;
}

/** What a connection keeps of a request until its answer is over. */
export class OpenExchange {
  readonly assembly = new AnswerAssembly();
  /** Whether each frame of the answer so far had the id of this request. */
  isNamed = true;
  /** Whether a frame of the answer has arrived. */
  hasBegun = false;
  /** Bytes that had come on the connection when something of the answer came last. */
  bytesHeard: number;

  /**
   * @param listener undefined from when the answer is given up
   * @param bytesBefore bytes that had come on the connection when the request was sent
   * @param requiresId whether frames without the id of the request are not accepted. It does not change with the
   * endpoint's mode: a connection that was used without a quiet time may still receive frames of the answer before
   */
  constructor(
    readonly id: string,
    readonly request: LlmRequest,
    readonly context: EncodeContext,
    public listener: ExchangeListener | undefined,
    readonly bytesBefore: number,
    readonly requiresId: boolean,
  ) {
    this.bytesHeard = bytesBefore;
  }
}
