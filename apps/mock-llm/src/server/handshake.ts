import { STATUS_CODES } from 'node:http';
import { type HandshakeBehavior } from '../behavior/behavior.js';

/** The facts on which a handshake is decided. */
export interface HandshakeFacts {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly openConnections: number;
}

/** The response to a handshake. */
export type HandshakeDecision =
  | { readonly kind: 'accept' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'refuse'; readonly status: number };

/** Decides how to respond to a WebSocket handshake. Pure. */
export function decideHandshake(
  facts: HandshakeFacts,
  servedPath: string,
  behavior: HandshakeBehavior,
): HandshakeDecision {
  if (behavior.hangHandshake) return { kind: 'hang' };
  if (behavior.refuse !== null) return { kind: 'refuse', status: behavior.refuse };
  if (facts.path !== servedPath) return { kind: 'refuse', status: 404 };
  if (behavior.apiKey !== null && facts.authorization !== `Bearer ${behavior.apiKey}`) {
    return { kind: 'refuse', status: 401 };
  }
  if (behavior.maxConnections !== null && facts.openConnections >= behavior.maxConnections) {
    return { kind: 'refuse', status: 503 };
  }
  return { kind: 'accept' };
}

/** The HTTP response that refuses a handshake. */
export function refusalResponse(status: number, retryAfter: number | null): string {
  const reason = STATUS_CODES[status] ?? 'Refused';
  const body = JSON.stringify({ error: true, error_code: `http_${status}`, error_message: reason });
  return [
    `HTTP/1.1 ${status} ${reason}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(retryAfter === null ? [] : [`Retry-After: ${Math.ceil(retryAfter)}`]),
    '',
    body,
  ].join('\r\n');
}
