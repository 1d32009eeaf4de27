export interface ServerAddress {
  server_address: string;
  server_port: number;
}

/** Host and port of an endpoint, as OpenTelemetry labels them. @param url a `ws:` or `wss:` address */
export function serverAddress(url: string): ServerAddress {
  const { protocol, hostname, port } = new URL(url);
  const standardPort = protocol === 'wss:' ? 443 : 80;
  return { server_address: hostname, server_port: port === '' ? standardPort : Number(port) };
}
