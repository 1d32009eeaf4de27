import { guideProtocol } from '../protocols/guide.js';
import { type EncodeContext, type LlmRequest } from '../protocols/protocol.js';
import { Connection } from '../transport/connection.js';
import { type DialRequest, type DialedSocket } from '../transport/dial/dial.js';
import { reuseOf, rulesOf, type PoolContext } from '../transport/dial/open-connection.js';
import { transportDefaults, type TransportOptions } from '../transport/transport-options.js';
import { type LlmError } from '../errors/llm-error.js';
import { SecretRedactor } from '../redaction/secret-redactor.js';
import { FakeClock } from './fake-clock.js';

/** A request for a streamed answer. */
export const streamed: LlmRequest = { message: 'hi', stream: true };
/** A request for a plain answer. */
export const plain: LlmRequest = { message: 'hi', stream: false };

const noSecrets = new SecretRedactor({ secrets: [] });

const credentials = { apiKey: 'sk-secret', apiVersion: 'v1', clientId: 'chatbot-client' };

/** A context for `encode` of a protocol. */
export const encodeContext: EncodeContext = {
  model: 'm',
  credentials,
  connectionId: '00000000000a',
  now: new Date('2026-11-23T10:00:00.000Z'),
  learned: {},
};

/** The dependencies of a connection pool: the guide protocol, no quiet periods, and by default a fake clock. */
export function poolContext(url: string, options: Partial<TransportOptions> = {}, clock = new FakeClock()) {
  return {
    address: { url, name: 'ws://server/', redactor: noSecrets },
    credentials,
    model: 'm',
    protocol: guideProtocol,
    options: { ...transportDefaults, reuse: 'always', settleMs: 0, ...options },
    clock,
    random: () => 0,
  } satisfies PoolContext;
}

/** A request to connect to the address of a pool with the additional header `X-Test: yes`. */
export function dialOf({ address: { url, name } }: PoolContext): DialRequest {
  return {
    name,
    target: () => ({ url, headers: { 'X-Test': 'yes' }, subprotocols: [] }),
    redactor: noSecrets,
  };
}

/** A connection on an open socket. */
export function connectionOn(
  socket: DialedSocket,
  pool: PoolContext,
  onClose: (connection: Connection, error: LlmError) => void,
): Connection {
  const { address, protocol, options, clock, random } = pool;
  return new Connection(
    socket,
    {
      name: address.name,
      protocol,
      rules: rulesOf(protocol),
      options,
      reuse: reuseOf(pool, () => undefined),
      clock,
      random,
      context: encodeContext,
      redactor: noSecrets,
      onUnknownFrame: pool.onUnknownFrame,
    },
    { onClose },
  );
}
