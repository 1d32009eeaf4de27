import { type ClientRequest, type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import { type ConnectionOptions } from 'node:tls';
import { WebSocket, type ClientOptions } from 'ws';
import { type Clock } from '../../clock.js';
import {
  LlmConnectError,
  LlmConnectionClosedError,
  LlmHandshakeError,
  LlmTimeoutError,
} from '../../errors/connection-errors.js';
import { type DialTarget, type Handshake, type Learned } from '../../protocols/protocol.js';
import { type SecretRedactor } from '../../redaction/secret-redactor.js';
import { Inbox } from '../inbox.js';
import { paceReading } from './pace-reading.js';
import { shakeHands } from './shake-hands.js';
import { type TransportOptions } from '../transport-options.js';

/** Whom to dial, and what is said first. */
export interface Dial {
  /** The URL as it may be shown. */
  name: string;
  /** Asked for at every connect, so that an address may be signed anew. */
  target: () => DialTarget | Promise<DialTarget>;
  /** The protocol's own, after that of WebSocket. */
  handshake?: Handshake | undefined;
  /** Takes secrets out of what the server says. */
  redactor: SecretRedactor;
}

/** An open WebSocket and the TCP socket under it, which knows of every byte that arrived. */
export interface DialedSocket {
  webSocket: WebSocket;
  tcp: Socket;
  inbox: Inbox;
  /** What the protocol's handshake has taught. */
  learned: Learned;
}

/** Opens a connection as {@link dial} does. */
export type Dialer = (
  dial: Dial,
  options: TransportOptions,
  clock: Clock,
  signal: AbortSignal,
) => Promise<DialedSocket>;

/** How long a close handshake may take before the socket is cut. */
const closeTimeoutMs = 1_000;

/**
 * Opens a WebSocket. Rejects with {@link LlmConnectError}, {@link LlmHandshakeError}, {@link LlmTimeoutError}
 * (phase `connect`), what the protocol's handshake was refused with, or the signal's reason; in each case nothing is
 * left open.
 */
export function dial(
  { name, target, handshake, redactor }: Dial,
  options: TransportOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<DialedSocket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let webSocket: WebSocket | undefined;
    let isSettled = false;

    const settle = (): void => {
      isSettled = true;
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (reason: Error): void => {
      if (isSettled) return;
      settle();
      reject(reason);
      webSocket?.terminate();
    };
    const onAbort = (): void => fail(signal.reason as Error);
    const timer = clock.timer(options.connectTimeoutMs, () =>
      fail(new LlmTimeoutError('connect', options.connectTimeoutMs, name)),
    );
    const connect = ({ url, headers, subprotocols }: DialTarget): void => {
      if (isSettled) return;
      let tcp: Socket | undefined;
      const opening = new WebSocket(url, [...subprotocols], socketOptions(headers, options));
      webSocket = opening;
      paceReading(opening);
      const inbox = new Inbox(opening);
      // Stays for the life of the socket: an 'error' without a listener would end the process.
      opening.on('error', (error) => fail(new LlmConnectError(name, error)));
      opening.on('close', (code, reason) =>
        fail(new LlmConnectionClosedError(name, code, redactor.redactError(reason.toString()))),
      );
      opening.on('unexpected-response', (request: ClientRequest, response: IncomingMessage) => {
        request.destroy();
        fail(new LlmHandshakeError(name, response.statusCode ?? 0, retryAfterMs(response)));
      });
      opening.on('upgrade', (response: IncomingMessage) => {
        tcp = response.socket;
      });
      opening.on('open', () => {
        const done = (learned: Learned): void => {
          settle();
          resolve({ webSocket: opening, tcp: tcp!, inbox, learned });
        };
        if (handshake === undefined) done({});
        else shakeHands(handshake, opening, inbox, redactor, done, fail);
      });
    };
    const failToConnect = (cause: unknown): void => fail(new LlmConnectError(name, cause as Error));

    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const known = target();
      if (known instanceof Promise) known.then(connect).catch(failToConnect);
      else connect(known);
    } catch (cause) {
      failToConnect(cause);
    }
  });
}

/** ws hands what it does not know itself, such as `secureContext`, on to `tls.connect`. */
type SocketOptions = ClientOptions & ConnectionOptions & { closeTimeout: number };

function socketOptions(headers: DialTarget['headers'], options: TransportOptions): SocketOptions {
  return {
    headers,
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
