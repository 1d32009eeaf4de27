import { guideProtocol } from '../protocols/guide.js';
import { type LlmProtocol } from '../protocols/protocol.js';
import { protocolNamed } from '../protocols/shipped.js';
import { type LlmClientOptions, type RouteOptions } from './llm-options.js';

/** The protocol of a route; undefined if the route names an unknown one. */
export function protocolOf(
  { protocol = guideProtocol }: RouteOptions,
  { protocols }: Pick<LlmClientOptions, 'protocols'>,
): LlmProtocol | undefined {
  return typeof protocol === 'string' ? protocolNamed(protocol, protocols) : protocol;
}
