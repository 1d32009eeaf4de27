import { EventEmitter } from 'node:events';
import { type KeyHint } from './keys/key-hint.js';

/** Failed sign-ins of one client address within a minute. */
export interface FailedSignIns extends KeyHint {
  /** IP address; an IPv6 address as its /64 network. */
  address: string;
  /** Failures in this minute so far. */
  count: number;
}

/** A request to a route that is marked with `@Audited`, after its response has ended. */
export interface AuditedRequest {
  /** The action, such as `conversation.delete`. */
  action: string;
  owner: string;
  /** The parameters of the path, and `location`, the path of the created resource. */
  ids: Readonly<Record<string, string>>;
  requestId: string;
  address: string;
  /** HTTP status; 2xx: it succeeded. */
  status: number;
}

/** Events of access control, for logs. */
export interface AuthObservations {
  /** At the first failure of an address in a minute, and at the end of the minute if there were more. */
  signInFailed: [failed: FailedSignIns];
  /** A key that is not an operator key was used on a route for operators. */
  operatorRefused: [refused: { owner: string; requestId: string; address: string; path: string }];
  /** After the response of a request to an `@Audited` route. */
  audited: [request: AuditedRequest];
}

/** Emits the typed events of this module. Listeners must not throw. */
export class AuthObserver extends EventEmitter<AuthObservations> {}
