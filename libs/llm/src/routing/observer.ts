import { EventEmitter } from 'node:events';
import { type ReuseMode } from '../transport/reuse/endpoint-reuse.js';
import { type AttemptRecord } from './llm-event.js';

/** The events of a client for logs and metrics, with their arguments. `endpoint` is an address without credentials. */
export interface LlmObservations {
  /** An attempt has finished. */
  attempt: [attempt: AttemptRecord];
  /** `LlmClient.admit` refused a request: `llm_overloaded`, or `owner_limit` if only its owner's share is used up. */
  refused: [code: string];
  connectionOpened: [endpoint: string];
  connectionClosed: [endpoint: string, reason: string];
  /**
   * A frame that the protocol does not know was passed over. `detail` says what it is and quotes its start; `isFirst`:
   * whether it is the first one of its connection.
   */
  unknownFrame: [endpoint: string, detail: string, isFirst: boolean];
  /** The reuse mode of an endpoint's connections has changed; the change lasts until the client is closed. */
  reuseChanged: [endpoint: string, mode: ReuseMode, reason: string];
}

/** Emits the {@link LlmObservations} of one client. Listeners must not throw. */
export class LlmObserver extends EventEmitter<LlmObservations> {}
