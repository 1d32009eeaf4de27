import { describedProtocol, LlmClient, type ProtocolDescription, type RouteOptions } from '#llm';
import { credentials } from '../../libs/llm/src/testing/client-setup.js';

/** A client of one server with a description; it does not retry. */
export function describedClient(
  url: string,
  description: Omit<ProtocolDescription, 'name'>,
  more: Partial<RouteOptions> = {},
): LlmClient {
  const protocol = describedProtocol({ name: 'x', ...description });
  const route = { name: 'r', endpoints: [url], model: 'm', protocol, credentials, ...more };
  return new LlmClient({ routes: [route], retry: { maxRetries: 0 } });
}
