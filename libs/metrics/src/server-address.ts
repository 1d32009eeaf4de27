/** Host and port as labels of OpenTelemetry's semantic conventions. */
export interface ServerAddress {
  server_address: string;
  server_port: number;
}

/** Returns the address labels of an endpoint. @param url a `ws:` or `wss:` URL */
export function serverAddress(url: string): ServerAddress {
  const { protocol, hostname, port } = new URL(url);
  const standardPort = protocol === 'wss:' ? 443 : 80;
  return { server_address: hostname, server_port: port === '' ? standardPort : Number(port) };
}
