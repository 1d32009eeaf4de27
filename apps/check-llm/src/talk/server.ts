import { type SecureContext } from 'node:tls';
import {
  connectionDefaults,
  endpointSecrets,
  publicUrl,
  SecretRedactor,
  withDefaults,
  type ConnectionRules,
  type LlmCredentials,
  type LlmProtocol,
} from '#llm';

/** The server that is checked: where it is, what it is said to speak, and who we are to it. */
export interface Server {
  url: string;
  /** The address as it may be shown. */
  name: string;
  protocol: LlmProtocol;
  model: string;
  credentials: LlmCredentials;
  secureContext: SecureContext | undefined;
  /** Takes secrets out of what is shown. */
  redactor: SecretRedactor;
}

/** The same server, taken to speak another protocol. */
export function speaking(
  protocol: LlmProtocol,
  { url, model, credentials, secureContext }: Omit<Server, 'protocol' | 'name' | 'redactor'>,
): Server {
  return {
    url,
    name: publicUrl(url),
    protocol,
    model,
    credentials: withDefaults(credentials, protocol),
    secureContext,
    redactor: new SecretRedactor(endpointSecrets(url, credentials, protocol)),
  };
}

/** How the server's connections have to be treated, as its protocol says. */
export function rulesOf({ protocol }: Server): ConnectionRules {
  return { ...connectionDefaults, ...protocol.connection };
}
