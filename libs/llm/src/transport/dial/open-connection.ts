import { type Clock } from '../../clock.js';
import { type LlmError } from '../../errors/llm-error.js';
import { dialTarget } from '../../protocols/dial-target.js';
import { connectionDefaults, type ConnectionRules } from '../../protocols/connection-rules.js';
import { type LlmCredentials, type ProtocolContext } from '../../protocols/protocol-context.js';
import { type LlmProtocol } from '../../protocols/protocol.js';
import { type SecretRedactor } from '../../redaction/secret-redactor.js';
import { Connection, type ConnectionHandlers } from '../connection.js';
import { dial, type Dialer } from './dial.js';
import { EndpointReuse, type ReuseState } from '../reuse/endpoint-reuse.js';
import { initialReuse } from '../reuse/initial-mode.js';
import { type TransportOptions } from '../transport-options.js';

/** An endpoint's address. */
export interface Address {
  url: string;
  /** The URL as it may be shown. */
  name: string;
  /** Takes secrets out of everything that the server says. */
  redactor: SecretRedactor;
}

/** What the connections of one endpoint have in common. */
export interface PoolContext {
  address: Address;
  credentials: LlmCredentials;
  model: string;
  protocol: LlmProtocol;
  options: TransportOptions;
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
  /** Opens WebSockets; left out: {@link dial}. */
  dial?: Dialer | undefined;
  onOpen?: () => void;
  onClose?: (error: LlmError) => void;
  /** The rule for reusing connections has changed. */
  onReuse?: (state: ReuseState) => void;
}

/** How connections that speak a protocol are treated. */
export function rulesOf(protocol: LlmProtocol): ConnectionRules {
  return { ...connectionDefaults, ...protocol.connection };
}

/** The rule for reusing an endpoint's connections. @param onChange called after each change of it */
export function reuseOf({ protocol, options, onReuse }: PoolContext, onChange: () => void): EndpointReuse {
  const initial = initialReuse(rulesOf(protocol), options, protocol.handshake !== undefined);
  return new EndpointReuse(initial, (state) => {
    onReuse?.(state);
    onChange();
  });
}

/**
 * Dials, performs the protocol's handshake, waits until the connection is quiet, and returns a connection that can take
 * requests. Rejects as `dial` does, or with the error that ended the connection.
 */
export async function openConnection(
  pool: PoolContext,
  reuse: EndpointReuse,
  model: string,
  signal: AbortSignal,
  handlers: ConnectionHandlers,
): Promise<Connection> {
  const { address, credentials, protocol, clock, random } = pool;
  const options = limited(pool.options, protocol);
  const context: ProtocolContext = { model, credentials, connectionId: newId(random), now: clock.date() };
  const socket = await (pool.dial ?? dial)(
    {
      name: address.name,
      target: () => dialTarget(protocol, address.url, context),
      handshake: protocol.handshake?.(context),
      redactor: address.redactor,
    },
    options,
    clock,
    signal,
  );
  const rules = rulesOf(protocol);
  const { name } = address;
  const connection = new Connection(
    socket,
    {
      name,
      protocol,
      rules,
      options,
      reuse,
      clock,
      random,
      context,
      redactor: address.redactor,
    },
    handlers,
  );
  await connection.settled(signal);
  return connection;
}

/** A protocol knows its servers better than options that are for all. */
function limited(options: TransportOptions, { limits = {} }: LlmProtocol): TransportOptions {
  return {
    ...options,
    maxFrameBytes: limits.maxFrameBytes ?? options.maxFrameBytes,
    connectTimeoutMs: limits.connectMs ?? options.connectTimeoutMs,
  };
}

function newId(random: () => number): string {
  return Math.floor(random() * 2 ** 48)
    .toString(16)
    .padStart(12, '0');
}
