import { type Clock } from '../clock.js';
import { type LlmError } from '../errors/llm-error.js';
import { type ConnectionRules } from '../protocols/connection-rules.js';
import { type LlmProtocol, type ProtocolContext } from '../protocols/protocol.js';
import { type Connection } from './connection.js';
import { type TransportOptions } from './transport-options.js';

/** What a connection is made with. */
export interface ConnectionSetup {
  /** The endpoint as it may be shown. */
  name: string;
  protocol: LlmProtocol;
  rules: ConnectionRules;
  options: TransportOptions;
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
  /** Who we are to the protocol; `now` is when the connection was made. */
  context: ProtocolContext;
  blot: (text: string) => string;
  onClose: (connection: Connection, error: LlmError) => void;
  /** An answer that was given up is over at last: there is room again. */
  onRoom?: () => void;
}
