import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between a client and a server, and can take the server away: refused, or silent. */
export class TcpProxy {
  #server: Server | undefined;
  #port = 0;
  #silent = false;
  readonly #sockets = new Set<Socket>();

  readonly #target: URL;

  private constructor(target: URL) {
    this.#target = target;
  }

  /** Forwards to the host and port of that URL. */
  static async to(target: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(target));
    await proxy.open();
    return proxy;
  }

  /** The target's URL, by way of this proxy. */
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

  /** Cuts every connection; new ones are refused. */
  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    this.cut();
    await closed;
  }

  /** Cuts every connection; new ones are accepted, and never answered. */
  fallSilent(): void {
    this.#silent = true;
    this.cut();
  }

  /** Cuts every connection; new ones are forwarded as before. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(client: Socket): void {
    this.#keep(client);
    if (this.#silent) {
      client.resume();
      return;
    }
    const server = this.#keep(connect(Number(this.#target.port), this.#target.hostname));
    client.pipe(server).pipe(client);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    // Cut connections are what this class is for.
    socket.on('error', () => undefined);
    return socket.on('close', () => this.#sockets.delete(socket));
  }
}
