import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/** A TCP server that accepts connections, reads, and never sends anything. */
export class SilentServer {
  /** Resolves when a client has sent its first bytes. */
  readonly connected: Promise<void>;
  /** Resolves when a client has disconnected. */
  readonly disconnected: Promise<void>;

  static async start(): Promise<SilentServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SilentServer(server);
  }

  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    const disconnected = Promise.withResolvers<void>();
    this.disconnected = disconnected.promise;
    this.connected = new Promise((resolve) =>
      server.on('connection', (socket) => {
        socket.on('data', () => resolve());
        socket.on('error', () => undefined);
        socket.on('close', () => disconnected.resolve());
      }),
    );
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }
}
