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
  type ProxySettings,
} from '#llm';

/** The server that is checked: its address, its expected protocol, and the model and credentials to use. */
export interface CheckedServer {
  url: string;
  /** The address without user, password, query and fragment. */
  name: string;
  protocol: LlmProtocol;
  model: string;
  credentials: LlmCredentials;
  /** Trusted certificate authorities, for `wss:`. */
  secureContext: SecureContext | undefined;
  /** Proxies between this program and the server. */
  proxy?: ProxySettings | undefined;
  /** Redacts secrets in all output. */
  redactor: SecretRedactor;
}

/** The same server with another protocol. */
export function withProtocol(
  protocol: LlmProtocol,
  { url, model, credentials, secureContext, proxy }: Omit<CheckedServer, 'protocol' | 'name' | 'redactor'>,
): CheckedServer {
  return {
    url,
    name: publicUrl(url),
    protocol,
    model,
    credentials: withDefaults(credentials, protocol),
    secureContext,
    proxy,
    redactor: new SecretRedactor(endpointSecrets(url, credentials, protocol)),
  };
}

/** The connection rules of the server's protocol. */
export function rulesOf({ protocol }: CheckedServer): ConnectionRules {
  return { ...connectionDefaults, ...protocol.connection };
}
