import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ResponseReader } from './response-reader.js';

/** A response whose body was waited for. */
export interface WholeResponse {
  status: number;
  /** Latin-1: one character for each byte. */
  body: string;
}

/** Told of a response while it comes. */
export interface ResponseFollower {
  status(code: number): void;
  /** What came of the body with one read of the socket. */
  body(bytes: string): void;
}

/** One connection to a server under test; one request at a time. */
export class KeepAliveConnection implements Disposable {
  #follower: ResponseFollower | undefined;
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const reader = new ResponseReader({
      status: (code) => this.#follower?.status(code),
      body: (bytes) => this.#follower?.body(bytes),
      end: () => this.#settle?.resolve(),
    });
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (bytes: string) => reader.read(bytes));
    socket.on('error', (error) => this.#settle?.reject(error));
    socket.on('close', () => this.#settle?.reject(new Error('the server closed the connection')));
  }

  /** Aborting the signal destroys the connection; a request under way then rejects. */
  static async open(port: number, signal: AbortSignal): Promise<KeepAliveConnection> {
    const socket = connect({ port, host: '127.0.0.1', signal });
    await once(socket, 'connect', { signal });
    return new KeepAliveConnection(socket);
  }

  /** Sends a request and resolves at the end of its response. */
  follow(request: string, follower: ResponseFollower): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#follower = follower;
      this.#settle = { resolve, reject };
      if (this.#socket.destroyed) reject(new Error('the connection is closed'));
      else this.#socket.write(request, 'latin1');
    });
  }

  async exchange(request: string): Promise<WholeResponse> {
    const response: WholeResponse = { status: 0, body: '' };
    await this.follow(request, {
      status: (code) => (response.status = code),
      body: (bytes) => (response.body += bytes),
    });
    return response;
  }

  [Symbol.dispose](): void {
    this.#settle = undefined;
    this.#socket.destroy();
  }
}

/** A POST of JSON, ready to be written as it is. ASCII only. */
export function postRequest(path: string, body: object): string {
  const json = JSON.stringify(body);
  return [
    `POST ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Content-Type: application/json',
    `Content-Length: ${json.length}`,
    '',
    json,
  ].join('\r\n');
}
