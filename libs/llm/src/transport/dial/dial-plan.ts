import { dialTarget } from '../../protocols/dial-target.js';
import { type ProtocolContext } from '../../protocols/protocol-context.js';
import { type Handshake, type Learned, type LlmProtocol } from '../../protocols/protocol.js';
import { type TransportOptions } from '../transport-options.js';
import { type DialRequest } from './dial.js';
import { requestSession } from './request-session.js';

/**
 * How to open a connection: its address, and the handshake of the protocol. If the protocol needs an HTTP request before
 * the connection, both have the values of that request.
 * @param url the address of the endpoint
 */
export function dialPlan(
  protocol: LlmProtocol,
  url: string,
  context: ProtocolContext,
  options: Pick<TransportOptions, 'secureContext' | 'proxy'>,
): Pick<DialRequest, 'target' | 'handshake'> {
  const { session } = protocol;
  if (session === undefined) {
    return { target: () => dialTarget(protocol, url, context), handshake: protocol.handshake?.(context) };
  }
  let learned: Learned = {};
  return {
    target: async (signal) => {
      learned = await requestSession(session, url, context, options, signal);
      return dialTarget(protocol, url, { ...context, learned });
    },
    handshake: handshakeAfter(() => learned, protocol, context),
  };
}

/** The handshake, if any. It begins after the HTTP request, and saves the values of both. */
function* handshakeAfter(
  learnedBefore: () => Learned,
  protocol: LlmProtocol,
  context: ProtocolContext,
): Handshake {
  const learned = learnedBefore();
  const handshake = protocol.handshake?.({ ...context, learned });
  const end = handshake === undefined ? undefined : yield* handshake;
  return { ...end, learned: { ...learned, ...end?.learned } };
}
