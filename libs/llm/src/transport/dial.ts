import { type ClientRequest, type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import { type ConnectionOptions } from 'node:tls';
import { WebSocket, type ClientOptions } from 'ws';
import { type Clock } from '../clock.js';
import { LlmConnectError, LlmHandshakeError, LlmTimeoutError } from '../errors/connection-errors.js';
import { type TransportOptions } from './transport-options.js';

/** An address, and who we are there. Headers are asked for at every connect, so that they may be signed anew. */
export interface Address {
  url: string;
  /** The URL as it may be shown. */
  name: string;
  headers: () => Record<string, string>;
  /** What is blotted out of everything that the server says of errors. */
  secrets: readonly string[];
}

/** An open WebSocket and the TCP socket under it, which knows of every byte that arrived. */
export interface DialedSocket {
  webSocket: WebSocket;
  tcp: Socket;
}

/** How long a close handshake may take before the socket is cut. */
const closeTimeoutMs = 1_000;

/**
 * Opens a WebSocket. Rejects with {@link LlmConnectError}, {@link LlmHandshakeError}, {@link LlmTimeoutError}
 * (phase `connect`), or the signal's reason; in each case nothing is left open.
 */
export function dial(
  address: Address,
  options: TransportOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<DialedSocket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let tcp: Socket | undefined;
    const webSocket = new WebSocket(address.url, socketOptions(address, options));

    const settle = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (reason: Error): void => {
      settle();
      reject(reason);
      webSocket.terminate();
    };
    const onAbort = (): void => fail(signal.reason as Error);
    const timer = clock.timer(options.connectTimeoutMs, () =>
      fail(new LlmTimeoutError('connect', options.connectTimeoutMs, address.name)),
    );

    signal.addEventListener('abort', onAbort, { once: true });
    // Stays for the life of the socket: an 'error' without a listener would end the process.
    webSocket.on('error', (error) => fail(new LlmConnectError(address.name, error)));
    webSocket.on('unexpected-response', (request: ClientRequest, response: IncomingMessage) => {
      request.destroy();
      fail(new LlmHandshakeError(address.name, response.statusCode ?? 0, retryAfterMs(response)));
    });
    webSocket.on('upgrade', (response: IncomingMessage) => {
      tcp = response.socket;
    });
    webSocket.on('open', () => {
      settle();
      resolve({ webSocket, tcp: tcp! });
    });
  });
}

/** ws hands what it does not know itself, such as `secureContext`, on to `tls.connect`. */
type SocketOptions = ClientOptions & ConnectionOptions & { closeTimeout: number };

function socketOptions(address: Address, options: TransportOptions): SocketOptions {
  return {
    headers: address.headers(),
    perMessageDeflate: false,
    maxPayload: options.maxFrameBytes,
    closeTimeout: closeTimeoutMs,
    followRedirects: false,
    ...(options.secureContext === undefined ? {} : { secureContext: options.secureContext }),
  };
}

/** `Retry-After` in seconds; its other form, a date, is not worth a guess at the server's clock. */
function retryAfterMs(response: IncomingMessage): number | undefined {
  const seconds = Number(response.headers['retry-after']);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
