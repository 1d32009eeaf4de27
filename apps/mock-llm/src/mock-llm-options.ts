import { type Behavior } from './behavior/behavior.js';
import { type ReceivedRequest } from './server/request-log.js';

export interface MockLlmOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free port, kept for the life of the mock, also while it is down. */
  readonly port?: number;
  /** Path of the WebSocket. Default /chat; others are refused with 404. */
  readonly path?: string;
  /** Port of the HTTP control port, on the same host; 0: a free one. Default: there is none. */
  readonly controlPort?: number | undefined;
  /** Behavior at the start and after `reset()`. Default: polite and instant. */
  readonly behavior?: Partial<Behavior>;
  /** Another seed words the answers differently. Default 1. */
  readonly seed?: number;
  /**
   * Whether requests that carry a `request_id` are answered side by side, with the id in every frame.
   * Default true; with false the id is ignored, as servers do that do not know it.
   */
  readonly multiplex?: boolean;
  /** Largest frame a client may send, in bytes. Default 4 MiB; larger ones close the connection with 1009. */
  readonly maxPayload?: number;
  /** How many requests are remembered. Default 1000. */
  readonly keepRequests?: number;
  /** Called with each request as it arrives, before it is answered. */
  readonly onRequest?: (request: ReceivedRequest) => void;
}

export interface DropOptions {
  /** Close code; 1005: none, 1006: no close frame, `reset`: RST. Default 1001, going away. */
  readonly code?: number | 'reset';
  readonly reason?: string;
}
