import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';

/** What an HTTP server is made of each time the listener opens. */
export type Furnish = (server: Server) => void;

/** An HTTP server on one port that can be closed, with everything that hangs on it, and opened again. */
export class Listener {
  #server: Server | undefined;
  #port: number;
  #change: Promise<void> = Promise.resolve();
  readonly #sockets = new Set<Socket>();

  readonly #host: string;
  readonly #furnish: Furnish;

  constructor(
    host: string,
    /** 0: a free one, kept from the first opening on. */
    port: number,
    furnish: Furnish,
  ) {
    this.#host = host;
    this.#furnish = furnish;
    this.#port = port;
  }

  get port(): number {
    return this.#port;
  }

  get isOpen(): boolean {
    return this.#server !== undefined;
  }

  /** `host:port` as it stands in a URL that works on this machine. */
  get authority(): string {
    const anywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
    const host = anywhere[this.#host] ?? this.#host;
    return `${host.includes(':') ? `[${host}]` : host}:${this.#port}`;
  }

  /** Does nothing when open. @throws the system's error, EADDRINUSE for one */
  open(): Promise<void> {
    return this.#inTurn(() => this.#open());
  }

  /** Stops listening and destroys every connection. Does nothing when closed. */
  close(): Promise<void> {
    return this.#inTurn(() => this.#close());
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    const turn = this.#change.then(change);
    this.#change = turn.catch(() => undefined);
    return turn;
  }

  async #open(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer();
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      // A reset by the peer is no error of ours.
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#furnish(server);
    server.listen(this.#port, this.#host);
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async #close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
