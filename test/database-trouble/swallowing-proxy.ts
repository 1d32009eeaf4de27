import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What becomes of a connection once its answer was swallowed: it is cut, or it hangs and nobody says anything. */
export type Afterwards = 'cut' | 'hang';

/** PostgreSQL's message that a statement is over and committed. */
const readyForQuery = Buffer.from('Z\0\0\0\x05I', 'latin1');

/** Stands between the server and its PostgreSQL, and keeps an answer to itself when told to. */
export class SwallowingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #statement: string | undefined;
  #afterwards: Afterwards = 'cut';
  #refusesAfter = false;
  #refuses = false;
  #swallowed = 0;
  readonly #target: URL;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((client) => this.#carry(client));
  }

  /** @param target the address of the database */
  static async start(target: string): Promise<SwallowingProxy> {
    const proxy = new SwallowingProxy(new URL(target));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The address of the database, through this proxy. */
  get url(): string {
    const url = new URL(this.#target);
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  /** Answers swallowed so far. */
  get swallowed(): number {
    return this.#swallowed;
  }

  /**
   * The next answer to this statement is swallowed, once PostgreSQL has committed it.
   * @param refuses from then on the database cannot be reached through here, until {@link accept}
   */
  swallow(statement: string, afterwards: Afterwards, refuses = false): void {
    this.#statement = statement;
    this.#afterwards = afterwards;
    this.#refusesAfter = refuses;
  }

  accept(): void {
    this.#refuses = false;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #carry(client: Socket): void {
    if (this.#refuses) {
      client.destroy();
      return;
    }
    const server = connect(Number(this.#target.port), this.#target.hostname);
    const cut = () => [client, server].forEach((socket) => socket.destroy());
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', cut).on('close', () => {
        this.#sockets.delete(socket);
        cut();
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
      this.#swallowed += 1;
      if (this.#afterwards === 'cut') cut();
      if (this.#refusesAfter) this.#refuse();
    });
  }

  #refuse(): void {
    this.#refuses = true;
    for (const socket of this.#sockets) socket.destroy();
  }
}
