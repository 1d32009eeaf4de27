import { type Clock } from '../../clock.js';
import { type ConnectionRules } from '../../protocols/connection-rules.js';
import { type ProtocolContext } from '../../protocols/protocol-context.js';
import { type LlmProtocol } from '../../protocols/protocol.js';
import { type SecretRedactor } from '../../redaction/secret-redactor.js';
import { type EndpointReuse } from '../reuse/endpoint-reuse.js';
import { type TransportOptions } from '../transport-options.js';

/** What a connection is made with. */
export interface ConnectionSetup {
  /** The endpoint as it may be shown. */
  name: string;
  protocol: LlmProtocol;
  rules: ConnectionRules;
  options: TransportOptions;
  reuse: EndpointReuse;
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
  /** Who we are to the protocol; `now` is when the connection was made. */
  context: ProtocolContext;
  redactor: SecretRedactor;
}
