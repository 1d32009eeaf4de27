import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** How much {@link RawHttp.sendAll} gives to the socket at once. */
const partBytes = 1_000_000;

/** One TCP connection to an HTTP server, on which a test writes the bytes itself. */
export class RawHttp {
  /** All that the server has sent, as Latin-1. */
  received = '';
  /** Whether the server has ended or reset the connection. */
  isClosed = false;

  /** Errors of the open connection only close it. */
  private constructor(readonly socket: Socket) {
    socket.on('data', (data: Buffer) => (this.received += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('end', () => (this.isClosed = true));
    socket.on('close', () => (this.isClosed = true));
  }

  /** Connects to the server of a URL. @param localAddress the loopback address to connect from */
  static async open(url: string, localAddress = '127.0.0.1'): Promise<RawHttp> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), localAddress, allowHalfOpen: true });
    const connection = new RawHttp(socket);
    await once(socket, 'connect');
    return connection;
  }

  /** The request line and headers. The default of `Host` is 127.0.0.1. */
  static head(this: void, method: string, target: string, headers: readonly string[] = []): string {
    const host = headers.some((header) => /^host:/i.test(header)) ? [] : ['Host: 127.0.0.1'];
    return [`${method} ${target} HTTP/1.1`, ...host, ...headers, '', ''].join('\r\n');
  }

  /** Does nothing once the connection is closed. */
  write(data: string | Buffer): this {
    if (!this.socket.destroyed) this.socket.write(data);
    return this;
  }

  /**
   * Sends bytes as fast as the server reads them.
   * @returns false if the connection closed before
   */
  async sendAll(bytes: string | Buffer): Promise<boolean> {
    for (let at = 0; at < bytes.length; at += partBytes) {
      if (this.isClosed || !this.socket.writable) return false;
      if (this.socket.write(bytes.slice(at, at + partBytes))) continue;
      await Promise.race([once(this.socket, 'drain'), once(this.socket, 'close')]);
    }
    return !this.isClosed;
  }

  /** Stops reading, so that the server's data stays in the buffers of both sides. */
  stopReading(): this {
    this.socket.pause();
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

  /** The statuses of the responses so far, including `100 Continue`. */
  get statuses(): number[] {
    return [...this.received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }

  close(): void {
    this.socket.destroy();
  }
}
