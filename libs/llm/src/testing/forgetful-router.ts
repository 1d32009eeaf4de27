import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A router between client and server that can forget the connections that it carries. Real sockets. */
export class ForgetfulRouter {
  readonly #server: Server;
  readonly #carried = new Set<Socket>();
  /** Whether new connections are accepted, but nothing is forwarded. */
  isBusy = false;

  static async start(target: string): Promise<ForgetfulRouter> {
    const router = new ForgetfulRouter(Number(new URL(target).port));
    router.#server.listen(0, '127.0.0.1');
    await once(router.#server, 'listening');
    return router;
  }

  private constructor(port: number) {
    this.#server = createServer((client) => {
      const sockets = [client, ...(this.isBusy ? [] : [connect(port, '127.0.0.1')])];
      for (const socket of sockets) {
        this.#carried.add(socket);
        socket.on('error', () => undefined);
      }
      const [, upstream] = sockets;
      if (upstream !== undefined) client.pipe(upstream).pipe(client);
      else client.resume();
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Forwards nothing more on the connections so far, and closes none. */
  forget(): void {
    for (const socket of this.#carried) {
      socket.unpipe();
      socket.resume();
    }
  }

  async stop(): Promise<void> {
    this.#server.close();
    for (const socket of this.#carried) socket.destroy();
    await once(this.#server, 'close');
  }
}
