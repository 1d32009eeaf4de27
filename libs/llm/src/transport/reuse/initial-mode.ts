import { type ConnectionRules } from '../../protocols/connection-rules.js';
import { type TransportOptions } from '../transport-options.js';
import { type ReuseOptions } from './endpoint-reuse.js';

/** The initial reuse of an endpoint's connections, from its protocol and options. */
export function initialReuse(
  rules: ConnectionRules,
  { reuse, requestsPerConnection, settleMs, restMs }: TransportOptions,
  hasHandshake: boolean,
): ReuseOptions {
  const isShared = Math.min(requestsPerConnection, rules.maxInFlight) > 1;
  // A handshake already reads what the server sends before the first request.
  const times = { settleMs: hasHandshake ? 0 : settleMs, restMs };
  if (rules.reuse === 'answer') return { mode: 'never', settleMs: 0, restMs };
  if (isShared && rules.reuse === 'pool') return { mode: 'ids', ...times };
  return { mode: rules.reuse === 'conversation' ? 'conversation' : reuse, ...times };
}
