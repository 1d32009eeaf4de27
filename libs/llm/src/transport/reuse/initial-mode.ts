import { type ConnectionRules } from '../../protocols/connection-rules.js';
import { type TransportOptions } from '../transport-options.js';
import { type ReuseOptions } from './endpoint-reuse.js';

/** What an endpoint's protocol and options make of the reuse of its connections. */
export function initialReuse(
  rules: ConnectionRules,
  { reuse, requestsPerConnection, settleMs, restMs }: TransportOptions,
  hasHandshake: boolean,
): ReuseOptions {
  const isShared = Math.min(requestsPerConnection, rules.maxInFlight) > 1;
  // A protocol with a handshake says itself what a server sends before the first request.
  const times = { settleMs: hasHandshake ? 0 : settleMs, restMs };
  if (rules.reuse === 'answer') return { mode: 'never', settleMs: 0, restMs };
  if (isShared && rules.reuse === 'pool') return { mode: 'ids', ...times };
  return { mode: rules.reuse === 'conversation' ? 'conversation' : reuse, ...times };
}
