import { type LlmError } from '../errors/llm-error.js';
import { type ProtocolEvent } from '../protocols/protocol.js';

/** Where the frames of one answer go. Called synchronously, in order; nothing follows an end, an error or `failed`. */
export interface ExchangeListener {
  event(event: ProtocolEvent): void;
  /** The connection is gone, or cannot be trusted any more. */
  failed(error: LlmError): void;
}

/** One request in flight on a connection. */
export interface Exchange {
  /**
   * Gives up on an unfinished answer. Its frames will reach nobody: where they could not be told from the next
   * answer's, the connection is cut. Does nothing once the answer is over.
   */
  abandon(): void;
}
