import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';

/** Adds the handlers to the HTTP server, each time the listener opens. */
export type ServerSetup = (server: Server) => void;

/** An HTTP server on one port that can be closed with all of its connections, and opened again. */
export class Listener {
  #server: Server | undefined;
  #port: number;
  #change: Promise<void> = Promise.resolve();
  readonly #sockets = new Set<Socket>();

  readonly #host: string;
  readonly #setUp: ServerSetup;

  constructor(
    host: string,
    /** 0: a free port, which stays the same after the first opening. */
    port: number,
    furnish: ServerSetup,
  ) {
    this.#host = host;
    this.#setUp = furnish;
    this.#port = port;
  }

  get port(): number {
    return this.#port;
  }

  get isOpen(): boolean {
    return this.#server !== undefined;
  }

  /** `host:port` for URLs that work on this machine. */
  get authority(): string {
    const anywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
    const host = anywhere[this.#host] ?? this.#host;
    return `${host.includes(':') ? `[${host}]` : host}:${this.#port}`;
  }

  /** Listens, unless it does. @throws the system's error, such as EADDRINUSE */
  open(): Promise<void> {
    return this.#serialize(() => this.#open());
  }

  /** Stops listening and destroys all connections. Does nothing when closed. */
  close(): Promise<void> {
    return this.#serialize(() => this.#close());
  }

  #serialize(change: () => Promise<void>): Promise<void> {
    const result = this.#change.then(change);
    this.#change = result.catch(() => undefined);
    return result;
  }

  async #open(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer();
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      // A reset by the peer is expected.
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#setUp(server);
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
