import { type Agent, type ClientRequest } from 'node:http';
import { checkServerIdentity, type ConnectionOptions, type SecureContext } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { type ClientOptions } from 'ws';
import { publicUrl } from './endpoint-url.js';

/** A tunnel through an HTTP proxy (CONNECT), for one connection. */
export interface Tunnel {
  /** The address of the proxy without user and password. */
  name: string;
  agent: Agent;
  /**
   * Compares the certificate with the name of the server. Without a server name, as for an IP address, Node would compare
   * it with that of the proxy.
   */
  identity: Pick<ConnectionOptions, 'checkServerIdentity'>;
  /** Options for `ws`. */
  options: ClientOptions;
  /** The status with which the proxy has refused; undefined if it has not. */
  refusedWith: () => number | undefined;
}

/**
 * A tunnel to the server of `url`.
 * @param proxy its user and password are sent to it alone, and are in no message
 * @param secureContext trusted authorities, for a proxy with an `https:` address too
 * @param signal aborts the connection to the proxy
 */
export function tunnelThrough(
  proxy: URL,
  url: string,
  secureContext: SecureContext | undefined,
  signal: AbortSignal,
): Tunnel {
  const { username, password } = proxy;
  const account = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = { 'Proxy-Authorization': `Basic ${Buffer.from(account).toString('base64')}` };
  const name = publicUrl(proxy.href);
  // The agent may log the address that it gets, so the credentials are only in the header.
  const agent = new HttpsProxyAgent(name, {
    headers: username === '' && password === '' ? {} : authorization,
    signal,
    ...(secureContext === undefined ? {} : { secureContext }),
  });
  let status: number | undefined;
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const identity: Tunnel['identity'] = {
    checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
  };
  return {
    name,
    agent,
    identity,
    refusedWith: () => (status === 200 ? undefined : status),
    options: {
      agent,
      // The types of ws differ from those of node:tls, to which it passes the option.
      ...(identity as unknown as ClientOptions),
      finishRequest: (request: ClientRequest) => {
        request.on('proxyConnect', (response: { statusCode: number }) => (status = response.statusCode));
        request.end();
      },
    },
  };
}
