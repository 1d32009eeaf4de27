import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ResponseReader } from './response-reader.js';

/** A complete response. */
export interface WholeResponse {
  status: number;
  /** Latin-1: one character for each byte. */
  body: string;
}

/** Callbacks for a response while it arrives. */
export interface ResponseHandler {
  status(code: number): void;
  /** A part of the body, as Latin-1. */
  body(bytes: string): void;
}

/** One connection to a server under test, with one request at a time. */
export class KeepAliveConnection implements Disposable {
  #handler: ResponseHandler | undefined;
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const reader = new ResponseReader({
      status: (code) => this.#handler?.status(code),
      body: (bytes) => this.#handler?.body(bytes),
      end: () => this.#settle?.resolve(),
    });
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (bytes: string) => reader.read(bytes));
    socket.on('error', (error) => this.#settle?.reject(error));
    socket.on('close', () => this.#settle?.reject(new Error('the server closed the connection')));
  }

  /** @param signal destroys the connection when it is aborted; an active request then rejects */
  static async open(port: number, signal: AbortSignal): Promise<KeepAliveConnection> {
    const socket = connect({ port, host: '127.0.0.1', signal });
    await once(socket, 'connect', { signal });
    return new KeepAliveConnection(socket);
  }

  /** Sends a request and resolves at the end of its response. */
  follow(request: string, handler: ResponseHandler): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#handler = handler;
      this.#settle = { resolve, reject };
      if (this.#socket.destroyed) reject(new Error('the connection is closed'));
      else this.#socket.write(request, 'latin1');
    });
  }

  /** Sends a request and resolves with its whole response. */
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

/** The bytes of a POST request with a JSON body. @param body ASCII only */
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
