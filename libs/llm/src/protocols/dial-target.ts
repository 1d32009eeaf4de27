import { type LlmCredentials, type ProtocolContext } from './protocol-context.js';
import { type DialTarget, type LlmProtocol } from './protocol.js';

/** The address of a connection, with the headers and the signature of the protocol. */
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
