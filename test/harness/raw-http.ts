import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection to an HTTP server on which a test writes the bytes itself. */
export class RawHttp {
  received = '';
  /** Whether the server has ended or reset the connection. */
  isClosed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (data: Buffer) => (this.received += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('end', () => (this.isClosed = true));
    socket.on('close', () => (this.isClosed = true));
  }

  /** @param localAddress the loopback address to come from */
  static async open(url: string, localAddress = '127.0.0.1'): Promise<RawHttp> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), localAddress, allowHalfOpen: true });
    const connection = new RawHttp(socket);
    await once(socket, 'connect');
    return connection;
  }

  /** The head of a request as bytes; `Host` is the server's own unless given. */
  static head(this: void, method: string, target: string, headers: readonly string[] = []): string {
    const host = headers.some((header) => /^host:/i.test(header)) ? [] : ['Host: 127.0.0.1'];
    return [`${method} ${target} HTTP/1.1`, ...host, ...headers, '', ''].join('\r\n');
  }

  write(data: string | Buffer): this {
    if (!this.socket.destroyed) this.socket.write(data);
    return this;
  }

  /** Resolves to everything received when the condition holds. @throws after 20 s */
  async until(condition: (received: string) => boolean): Promise<string> {
    const deadline = AbortSignal.timeout(20_000);
    while (!condition(this.received)) {
      deadline.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.received;
  }

  /** Resolves to everything received when the server has closed the connection. */
  untilClosed(): Promise<string> {
    return this.until(() => this.isClosed);
  }

  /** The statuses of the responses so far, of `100 Continue` as well. */
  get statuses(): number[] {
    return [...this.received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }

  close(): void {
    this.socket.destroy();
  }
}
