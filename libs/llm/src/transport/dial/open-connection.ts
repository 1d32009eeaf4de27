import { type Clock } from '../../clock.js';
import { type LlmError } from '../../errors/llm-error.js';
import { connectionDefaults, type ConnectionRules } from '../../protocols/connection-rules.js';
import { type LlmCredentials, type ProtocolContext } from '../../protocols/protocol-context.js';
import { type LlmProtocol } from '../../protocols/protocol.js';
import { type SecretRedactor } from '../../redaction/secret-redactor.js';
import { Connection, type ConnectionHandlers } from '../connection.js';
import { dial, type Dialer } from './dial.js';
import { dialPlan } from './dial-plan.js';
import { EndpointReuse, type ReuseState } from '../reuse/endpoint-reuse.js';
import { initialReuse } from '../reuse/initial-mode.js';
import { type TransportOptions } from '../transport-options.js';

/** The address of an endpoint. */
export interface Address {
  url: string;
  /** The URL without user, password, query and fragment. */
  name: string;
  /** Redacts secrets in everything from the server. */
  redactor: SecretRedactor;
}

/** Settings and dependencies that all connections of one endpoint share. */
export interface PoolContext {
  address: Address;
  credentials: LlmCredentials;
  model: string;
  protocol: LlmProtocol;
  options: TransportOptions;
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
  /** Opens WebSockets; default: {@link dial}. */
  dial?: Dialer | undefined;
  /** Called after each connect. */
  onOpen?: () => void;
  /** Called when a connection has ended. */
  onClose?: (error: LlmError) => void;
  /** Called when the rule for reusing connections has changed. */
  onReuse?: (state: ReuseState) => void;
  /** Called for each unknown frame that is passed over. @param isFirst whether it is the first one of its connection */
  onUnknownFrame?: (detail: string, isFirst: boolean) => void;
}

/** The connection rules of a protocol, with defaults. */
export function rulesOf(protocol: LlmProtocol): ConnectionRules {
  return { ...connectionDefaults, ...protocol.connection };
}

/** Creates the rule for reusing an endpoint's connections. @param onChange called after each change of it */
export function reuseOf({ protocol, options, onReuse }: PoolContext, onChange: () => void): EndpointReuse {
  const initial = initialReuse(rulesOf(protocol), options, protocol.handshake !== undefined);
  return new EndpointReuse(initial, (state) => {
    onReuse?.(state);
    onChange();
  });
}

/**
 * Connects, performs the protocol's handshake, waits until the connection is quiet, and returns a connection that can take
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
  const options = withProtocolLimits(pool.options, protocol);
  const context: ProtocolContext = {
    model,
    credentials,
    connectionId: newConnectionId(random),
    now: clock.date(),
  };
  const socket = await (pool.dial ?? dial)(
    {
      name: address.name,
      ...dialPlan(protocol, address.url, context, options),
      redactor: address.redactor,
      rules: rulesOf(protocol),
      limitSetting:
        protocol.limits?.connectMs === undefined ? undefined : 'limits.connect of the protocol description',
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
      onUnknownFrame: pool.onUnknownFrame,
    },
    handlers,
  );
  await connection.settled(signal);
  return connection;
}

/** The options, with the limits of the protocol where it has its own. */
function withProtocolLimits(options: TransportOptions, { limits = {} }: LlmProtocol): TransportOptions {
  return {
    ...options,
    maxFrameBytes: limits.maxFrameBytes ?? options.maxFrameBytes,
    connectTimeoutMs: limits.connectMs ?? options.connectTimeoutMs,
  };
}

function newConnectionId(random: () => number): string {
  return Math.floor(random() * 2 ** 48)
    .toString(16)
    .padStart(12, '0');
}
