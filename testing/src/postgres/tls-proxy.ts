import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { testCertificate, testKey } from '../llm-servers/test-certificate.js';

/** A proxy in front of a PostgreSQL without TLS. It speaks TLS with the test certificate, as PostgreSQL does with `ssl = on`. */
export class TlsProxy implements AsyncDisposable {
  /** Whether each connection used TLS, in the order of the connections. */
  readonly usedTls: boolean[] = [];
  readonly #server: Server;
  readonly #target: URL;
  readonly #hasTls: boolean;

  private constructor(target: string, hasTls: boolean) {
    this.#target = new URL(target);
    this.#hasTls = hasTls;
    this.#server = createServer((client) => void this.#accept(client).catch(() => client.destroy()));
  }

  /** @param options.hasTls false: refuses TLS, as PostgreSQL does with `ssl = off` */
  static async to(target: string, { hasTls = true } = {}): Promise<TlsProxy> {
    const proxy = new TlsProxy(target, hasTls);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The target's URL with the address of this proxy. @param query parameters of the URL */
  url(query: string): string {
    const url = new URL(this.#target);
    url.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    url.search = query;
    return url.href;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #accept(client: Socket): Promise<void> {
    client.on('error', () => undefined);
    const [first] = (await once(client, 'data')) as [Buffer];
    // An SSLRequest is 8 bytes long; every startup message is longer.
    const isTlsWanted = first.length === 8;
    if (!isTlsWanted) return this.#forward(client, first);
    client.write(this.#hasTls ? 'S' : 'N');
    if (!this.#hasTls) return;
    const secure = new TLSSocket(client, { isServer: true, cert: testCertificate, key: testKey });
    this.#forward(secure);
  }

  #forward(client: Socket, first?: Buffer): void {
    this.usedTls.push(first === undefined);
    const server = connect(Number(this.#target.port), this.#target.hostname);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on('error', () => undefined);
      socket.on('close', () => other.destroy());
    }
    if (first !== undefined) server.write(first);
    client.pipe(server).pipe(client);
  }
}
