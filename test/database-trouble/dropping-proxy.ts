import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** The connection after a dropped response: closed, or open without further responses. */
export type AfterDrop = 'closed' | 'silent';

/** PostgreSQL's ReadyForQuery message, outside of a transaction: the statement has been committed. */
const readyForQuery = Buffer.from('Z\0\0\0\x05I', 'latin1');

/** A proxy between the server and PostgreSQL that can drop the response to a statement. */
export class DroppingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #statement: string | undefined;
  #afterDrop: AfterDrop = 'closed';
  #refusesAfter = false;
  #refuses = false;
  #dropped = 0;
  readonly #target: URL;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((client) => this.#forward(client));
  }

  /** @param target the URL of the database */
  static async start(target: string): Promise<DroppingProxy> {
    const proxy = new DroppingProxy(new URL(target));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The URL of the database with the address of this proxy. */
  get url(): string {
    const url = new URL(this.#target);
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  /** Number of dropped responses. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Drops the next response to a prepared statement, after PostgreSQL has committed it.
   * @param refuses also closes and refuses all connections from then on, until {@link acceptConnections}
   */
  dropResponse(statement: string, afterDrop: AfterDrop, refuses = false): void {
    this.#statement = statement;
    this.#afterDrop = afterDrop;
    this.#refusesAfter = refuses;
  }

  /** Accepts connections again. */
  acceptConnections(): void {
    this.#refuses = false;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #forward(client: Socket): void {
    if (this.#refuses) {
      client.destroy();
      return;
    }
    const server = connect(Number(this.#target.port), this.#target.hostname);
    const close = () => [client, server].forEach((socket) => socket.destroy());
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', close).on('close', () => {
        this.#sockets.delete(socket);
        close();
      });
    }
    let kept: Buffer | undefined;
    client.on('data', (bytes: Buffer) => {
      if (this.#statement !== undefined && bytes.includes(`${this.#statement}\0`)) {
        this.#statement = undefined;
        kept = Buffer.alloc(0);
      }
      server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      if (kept === undefined) {
        client.write(bytes);
        return;
      }
      const isCommitted = kept.includes(readyForQuery);
      kept = Buffer.concat([kept, bytes]);
      if (isCommitted || !kept.includes(readyForQuery)) return;
      this.#dropped += 1;
      if (this.#afterDrop === 'closed') close();
      if (this.#refusesAfter) this.#closeAll();
    });
  }

  #closeAll(): void {
    this.#refuses = true;
    for (const socket of this.#sockets) socket.destroy();
  }
}
