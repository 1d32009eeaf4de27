import { type ClientRequest, type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import { type ConnectionOptions } from 'node:tls';
import { WebSocket, type ClientOptions } from 'ws';
import { type Clock } from '../../clock.js';
import { LlmConnectError, LlmProxyError, LlmTimeoutError } from '../../errors/connection-errors.js';
import { LlmError } from '../../errors/llm-error.js';
import { type ConnectionRules } from '../../protocols/connection-rules.js';
import { type DialTarget, type Handshake, type Learned } from '../../protocols/protocol.js';
import { type SecretRedactor } from '../../redaction/secret-redactor.js';
import { closeError } from '../close-error.js';
import { Inbox, type InboxRules } from '../inbox.js';
import { invalidHandshake, refusalOf } from './handshake-refusal.js';
import { isLocalhost, lookupLoopback } from './lookup-loopback.js';
import { paceReading } from './pace-reading.js';
import { proxyFor } from './proxy-settings.js';
import { runHandshake } from './run-handshake.js';
import { withUserAgent } from './user-agent.js';
import { tunnelThrough } from './tunnel.js';
import { type TransportOptions } from '../transport-options.js';

/** The address of a connection, and the handshake of its protocol. */
export interface DialRequest {
  /** The URL without user, password, query and fragment. */
  name: string;
  /**
   * Called at every connect, because some addresses are signed with the current time, or need an HTTP request. The signal
   * is aborted when the connect fails.
   */
  target: (signal: AbortSignal) => DialTarget | Promise<DialTarget>;
  /** The protocol's handshake, which follows that of WebSocket. */
  handshake?: Handshake | undefined;
  /** Redacts secrets in text from the server. */
  redactor: SecretRedactor;
  /** The rules for messages and close codes; default: each message is a frame, and close codes have no meaning of their own. */
  rules?: (InboxRules & Pick<ConnectionRules, 'closeErrors'>) | undefined;
  /** Where the time limit was set, for errors; default: LLM_CONNECT_TIMEOUT. */
  limitSetting?: string | undefined;
}

/** An open WebSocket and its TCP socket, which counts every received byte. */
export interface DialedSocket {
  webSocket: WebSocket;
  tcp: Socket;
  inbox: Inbox;
  /** Values that the protocol's handshake has saved. */
  learned: Learned;
}

/** Opens a connection as {@link dial} does. */
export type Dialer = (
  dial: DialRequest,
  options: TransportOptions,
  clock: Clock,
  signal: AbortSignal,
) => Promise<DialedSocket>;

/** How long a close handshake may take before the socket is destroyed, in milliseconds. */
const closeTimeoutMs = 1_000;

/**
 * Opens a WebSocket. Rejects with {@link LlmConnectError}, {@link LlmProxyError}, `LlmHandshakeError`, `LlmInvalidHandshakeError`,
 * {@link LlmTimeoutError} (phase `connect`), the error of the protocol's handshake, or the signal's reason; in each case the
 * socket is closed.
 */
export function dial(
  { name, target, handshake, redactor, rules, limitSetting: setting }: DialRequest,
  options: TransportOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<DialedSocket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let webSocket: WebSocket | undefined;
    let isSettled = false;
    const failed = new AbortController();

    const settle = (): void => {
      isSettled = true;
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (reason: Error): void => {
      if (isSettled) return;
      settle();
      reject(reason);
      failed.abort(reason);
      webSocket?.terminate();
    };
    const onAbort = (): void => fail(signal.reason as Error);
    const timer = clock.timer(options.connectTimeoutMs, () =>
      fail(new LlmTimeoutError('connect', options.connectTimeoutMs, name, { setting })),
    );
    const connect = ({ url, headers, subprotocols }: DialTarget): void => {
      if (isSettled) return;
      let response: IncomingMessage | undefined;
      let isOpen = false;
      const proxy = options.proxy === undefined ? undefined : proxyFor(url, options.proxy);
      const tunnel = proxy && tunnelThrough(proxy, url, options.secureContext, failed.signal);
      const opening = new WebSocket(url, [...subprotocols], {
        ...socketOptions(headers, options),
        ...(isLocalhost(url) ? { lookup: lookupLoopback } : {}),
        ...tunnel?.options,
      });
      webSocket = opening;
      paceReading(opening);
      const inbox = new Inbox(opening, rules);
      // Never removed: an 'error' event without a listener would end the process.
      opening.on('error', (error) =>
        fail(
          response === undefined || isOpen
            ? new LlmConnectError(name, error, tunnel?.name)
            : invalidHandshake(error, response, subprotocols, { name, redactor }),
        ),
      );
      opening.on('close', (code, reason) =>
        fail(
          closeError(code, redactor.redactError(reason.toString()), {
            name,
            rules: { closeErrors: {}, ...rules },
          }),
        ),
      );
      opening.on('unexpected-response', (request: ClientRequest, refusal: IncomingMessage) => {
        const refusedWith = tunnel?.refusedWith();
        if (refusedWith !== undefined) return fail(new LlmProxyError(name, tunnel!.name, refusedWith));
        void refusalOf(refusal, { name, redactor }, clock).then((error) => {
          fail(error);
          request.destroy();
        });
      });
      opening.on('upgrade', (accepted: IncomingMessage) => {
        response = accepted;
      });
      opening.on('open', () => {
        isOpen = true;
        const done = (learned: Learned): void => {
          settle();
          resolve({ webSocket: opening, tcp: response!.socket, inbox, learned });
        };
        if (handshake === undefined) done({});
        else runHandshake(handshake, opening, inbox, redactor, done, fail);
      });
    };
    const failToConnect = (cause: unknown): void =>
      fail(cause instanceof LlmError ? cause : new LlmConnectError(name, cause as Error));

    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const address = target(failed.signal);
      if (address instanceof Promise) address.then(connect).catch(failToConnect);
      else connect(address);
    } catch (cause) {
      failToConnect(cause);
    }
  });
}

/** ws passes options that it does not know, such as `secureContext`, to `tls.connect`. */
type SocketOptions = ClientOptions & ConnectionOptions & { closeTimeout: number };

function socketOptions(headers: DialTarget['headers'], options: TransportOptions): SocketOptions {
  return {
    headers: withUserAgent(headers),
    perMessageDeflate: false,
    maxPayload: options.maxFrameBytes,
    closeTimeout: closeTimeoutMs,
    followRedirects: false,
    ...(options.secureContext === undefined ? {} : { secureContext: options.secureContext }),
  };
}
