import { type LlmError } from '../errors/llm-error.js';
import { type Learned } from '../protocols/protocol.js';

/** What the requests in flight need from their connection. */
export interface ConnectionControl {
  isOpen: () => boolean;
  /** Bytes received since the connection was opened. */
  bytesRead: () => number;
  /** Values that the protocol's handshake has saved. */
  readonly learned: Learned;
  /** Sends one frame or several. */
  write: (frames: string | readonly string[]) => void;
  /** Ends the connection immediately: its further frames would be unreliable. */
  terminate: (error: LlmError) => void;
  /** Takes no more requests; closes the connection when those in flight have ended. */
  retire: () => void;
  /** The server has ended an abandoned answer, so that the connection can take another request. */
  onCapacity: () => void;
}
