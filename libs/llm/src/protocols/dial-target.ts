import { type LlmCredentials, type ProtocolContext } from './protocol-context.js';
import { type DialTarget, type LlmProtocol } from './protocol.js';

/** Where a protocol connects to, and with what: its headers, and its signature if it has one. */
export function dialTarget(
  protocol: LlmProtocol,
  url: string,
  context: ProtocolContext,
): DialTarget | Promise<DialTarget> {
  const { credentials } = context;
  const headers = protocol.headers?.(credentials) ?? bearer(credentials);
  const target: DialTarget = { url, headers, subprotocols: [] };
  return protocol.sign?.(target, context) ?? target;
}

function bearer({ apiKey }: LlmCredentials): Record<string, string> {
  return apiKey === undefined ? {} : { Authorization: `Bearer ${apiKey}` };
}
