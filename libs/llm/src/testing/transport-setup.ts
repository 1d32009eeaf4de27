import { guideProtocol } from '../protocols/guide.js';
import { type EncodeContext, type LlmRequest } from '../protocols/protocol.js';
import { Connection } from '../transport/connection.js';
import { type Dial, type DialedSocket } from '../transport/dial/dial.js';
import { reuseOf, rulesOf, type PoolContext } from '../transport/dial/open-connection.js';
import { transportDefaults, type TransportOptions } from '../transport/transport-options.js';
import { type LlmError } from '../errors/llm-error.js';
import { SecretRedactor } from '../redaction/secret-redactor.js';
import { FakeClock } from './fake-clock.js';

export const streamed: LlmRequest = { message: 'hi', stream: true };
export const plain: LlmRequest = { message: 'hi', stream: false };

const noSecrets = new SecretRedactor({ secrets: [] });

const credentials = { apiKey: 'sk-secret', apiVersion: 'v1', clientId: 'chatbot-client' };

/** What a protocol is told of a request's surroundings. */
export const encodeContext: EncodeContext = {
  model: 'm',
  credentials,
  connectionId: '00000000000a',
  now: new Date('2026-11-23T10:00:00.000Z'),
  learned: {},
};

/**
 * What a pool needs, for specs: the guide protocol, no quiet times, and, unless another is given, a clock that stands
 * still.
 */
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

/** The address of a pool, to be dialled with a header of its own. */
export function dialOf({ address: { url, name } }: PoolContext): Dial {
  return {
    name,
    target: () => ({ url, headers: { 'X-Test': 'yes' }, subprotocols: [] }),
    redactor: noSecrets,
  };
}

/** A connection on a socket that is open already. */
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
    },
    { onClose },
  );
}
