import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** PostgreSQL's NotificationResponse (its documentation, "Message Formats"): a type byte, then a length that includes itself. */
const notification = 'A'.charCodeAt(0);
const typeBytes = 1;
const lengthBytes = 4;

/**
 * A proxy in front of PostgreSQL that behaves as a transaction pooler does for notifications: LISTEN succeeds, and no notification
 * arrives.
 */
export class TransactionPooler {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #dropped = 0;
  readonly #target: URL;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((client) => this.#forward(client));
  }

  /** @param target the address of the database */
  static async start(target: string): Promise<TransactionPooler> {
    const pooler = new TransactionPooler(new URL(target));
    pooler.#server.listen(0, '127.0.0.1');
    await once(pooler.#server, 'listening');
    return pooler;
  }

  /** The address of the database through this proxy. */
  get url(): string {
    const url = new URL(this.#target);
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  /** How many notifications were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #forward(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket
        .on('error', () => other.destroy())
        .on('close', () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
    }
    client.pipe(server);
    let rest: Buffer = Buffer.alloc(0);
    server.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      const passed: Buffer[] = [];
      while (rest.length >= typeBytes + lengthBytes) {
        const end = typeBytes + rest.readInt32BE(typeBytes);
        if (rest.length < end) break;
        if (rest[0] === notification) this.#dropped += 1;
        else passed.push(rest.subarray(0, end));
        rest = rest.subarray(end);
      }
      client.write(Buffer.concat(passed));
    });
  }
}
