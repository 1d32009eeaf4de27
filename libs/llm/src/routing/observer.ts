import { EventEmitter } from 'node:events';
import { type ReuseMode } from '../transport/reuse/endpoint-reuse.js';
import { type AttemptRecord } from './llm-event.js';

/** What happens inside the client, for logs and metrics; the client itself logs nothing. */
export interface LlmObservations {
  attempt: [attempt: AttemptRecord];
  /** A request was refused before it was accepted: `llm_overloaded`, or `owner_limit` for its owner's share. */
  refused: [code: string];
  connectionOpened: [endpoint: string];
  connectionClosed: [endpoint: string, reason: string];
  /** The reuse of an endpoint's connections has changed, until the client is closed. */
  reuseChanged: [endpoint: string, mode: ReuseMode, reason: string];
}

/** Typed events of one client. Listeners must not throw. */
export class LlmObserver extends EventEmitter<LlmObservations> {}
