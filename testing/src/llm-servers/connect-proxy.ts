import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { testCertificate, testKey } from './test-certificate.js';

/** An HTTP proxy for CONNECT that keeps what it was asked for. */
export class ConnectProxy {
  /** The target of each request: `host:port`. */
  readonly targets: string[] = [];
  /** The headers of each request. */
  readonly headers: IncomingMessage['headers'][] = [];
  /** The status of responses; 200 connects, 0 never responds. */
  status = 200;
  /** Connects to this port of 127.0.0.1 instead of the target. */
  port: number | undefined;
  readonly #server: Server;
  readonly #scheme: string;
  readonly #sockets = new Set<Socket>();

  static async start(tls = false): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(tls);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  private constructor(tls: boolean) {
    this.#scheme = tls ? 'https' : 'http';
    this.#server = tls ? createTlsServer({ cert: testCertificate, key: testKey }) : createServer();
    this.#server.on('connection', (socket: Socket) => this.#keep(socket));
    this.#server.on('connect', (request, socket: Socket) => {
      const target = request.url ?? '';
      this.targets.push(target);
      this.headers.push(request.headers);
      this.#keep(socket);
      if (this.status === 0) return void socket.on('end', () => socket.end()).resume();
      if (this.status !== 200) return void socket.end(`HTTP/1.1 ${this.status} No\r\n\r\n`);
      const upstream = connect(this.port ?? Number(target.split(':').at(-1)), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(upstream).pipe(socket);
      });
      this.#keep(upstream);
    });
  }

  /** The address with this user and password, such as `ann:secret`. */
  urlWith(account: string): string {
    const { port } = this.#server.address() as AddressInfo;
    return `${this.#scheme}://${account === '' ? '' : `${account}@`}127.0.0.1:${port}`;
  }

  get url(): string {
    return this.urlWith('');
  }

  /** The number of open connections to and from the proxy. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  async stop(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
