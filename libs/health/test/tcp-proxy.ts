import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP proxy that can simulate a server that refuses connections or does not respond. */
export class TcpProxy {
  #server: Server | undefined;
  #port = 0;
  #silent = false;
  readonly #sockets = new Set<Socket>();

  readonly #target: URL;

  private constructor(target: URL) {
    this.#target = target;
  }

  /** Starts a proxy to the host and port of a URL. */
  static async to(target: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(target));
    await proxy.open();
    return proxy;
  }

  /** The target's URL with the address of this proxy. */
  get url(): string {
    const url = new URL(this.#target);
    url.hostname = '127.0.0.1';
    url.port = String(this.#port);
    return url.href;
  }

  /** Forwards again, on the same port. */
  async open(): Promise<void> {
    if (this.#silent) await this.close();
    this.#silent = false;
    if (this.#server !== undefined) return;
    const server = createServer((client) => this.#accept(client));
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Closes every connection; new ones are refused. */
  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    this.cut();
    await closed;
  }

  /** Closes every connection; new ones are accepted, but get no response. */
  stopResponding(): void {
    this.#silent = true;
    this.cut();
  }

  /** Closes every connection; new ones are forwarded. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(client: Socket): void {
    this.#track(client);
    if (this.#silent) {
      client.resume();
      return;
    }
    const server = this.#track(connect(Number(this.#target.port), this.#target.hostname));
    client.pipe(server).pipe(client);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  }

  #track(socket: Socket): Socket {
    this.#sockets.add(socket);
    // Connections that this class closes may emit errors.
    socket.on('error', () => undefined);
    return socket.on('close', () => this.#sockets.delete(socket));
  }
}
