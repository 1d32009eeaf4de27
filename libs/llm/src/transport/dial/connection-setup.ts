import { type Clock } from '../../clock.js';
import { type ConnectionRules } from '../../protocols/connection-rules.js';
import { type ProtocolContext } from '../../protocols/protocol-context.js';
import { type LlmProtocol } from '../../protocols/protocol.js';
import { type SecretRedactor } from '../../redaction/secret-redactor.js';
import { type EndpointReuse } from '../reuse/endpoint-reuse.js';
import { type TransportOptions } from '../transport-options.js';

/** The dependencies and settings of a connection. */
export interface ConnectionSetup {
  /** The endpoint's URL without user, password, query and fragment. */
  name: string;
  protocol: LlmProtocol;
  rules: ConnectionRules;
  options: TransportOptions;
  reuse: EndpointReuse;
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
  /** Model, credentials and id of the connection; `now` is the time of the dial. */
  context: ProtocolContext;
  redactor: SecretRedactor;
  /** Called for each unknown frame that is passed over. @param isFirst whether it is the first one of the connection */
  onUnknownFrame?: ((detail: string, isFirst: boolean) => void) | undefined;
}
