import { type Behavior } from './behavior/behavior.js';
import { type ReceivedRequest } from './server/request-log.js';

/** Options of a mock LLM. */
export interface MockLlmOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free port, which stays the same while the mock is down. */
  readonly port?: number;
  /** Path of the WebSocket. Default /chat; others are refused with 404. */
  readonly path?: string;
  /** Port of the HTTP control port, on the same host; 0: a free one. Default: there is none. */
  readonly controlPort?: number | undefined;
  /** Behavior at the start and after `reset()`. Default: correct and immediate answers. */
  readonly behavior?: Partial<Behavior>;
  /** Seed of the wording of answers. Default 1. */
  readonly seed?: number;
  /**
   * Whether requests with a `request_id` are answered concurrently, with the id in every frame. Default true; with false
   * the id is ignored.
   */
  readonly multiplex?: boolean;
  /** Largest frame a client may send, in bytes. Default 4 MiB; larger ones close the connection with 1009. */
  readonly maxPayload?: number;
  /** How many requests are recorded. Default 1000. */
  readonly keepRequests?: number;
  /** Called with each request as it arrives, before it is answered. */
  readonly onRequest?: (request: ReceivedRequest) => void;
}

/** How connections are ended. */
export interface DropOptions {
  /** Close code; 1005: none, 1006: no close frame, `reset`: RST. Default 1001, going away. */
  readonly code?: number | 'reset';
  readonly reason?: string;
}
