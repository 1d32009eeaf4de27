import { WebSocket, type RawData } from 'ws';
import { type Clock } from '../clock.js';
import { LlmFrameError } from '../errors/answer-errors.js';
import { LlmConnectionClosedError } from '../errors/connection-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { type DecodedFrame, type LlmProtocol, type LlmRequest } from '../protocols/protocol.js';
import { type DialedSocket } from './dial.js';
import { type Exchange, type ExchangeListener } from './exchange.js';
import { type TransportOptions } from './transport-options.js';

/** Close code of a socket that ended without a close frame. */
const abnormalClosure = 1006;

/** Of an answer that no frame has come of yet. */
const unseen = Symbol('unseen');

/** The `request_id` in the frames of an answer, which a server may send although none was asked for. */
type AnswerId = string | undefined | typeof unseen;

export interface ConnectionContext {
  /** The endpoint as it may be shown. */
  name: string;
  secrets: readonly string[];
  model: string;
  protocol: LlmProtocol;
  options: TransportOptions;
  clock: Clock;
  onClose: (connection: Connection, error: LlmError) => void;
}

/** One open WebSocket. Carries up to `requestsPerConnection` requests and gives each frame to the right one. */
export class Connection {
  readonly #exchanges = new Map<string, ExchangeListener>();
  readonly #socket: DialedSocket;
  readonly #context: ConnectionContext;
  #requests = 0;
  #idOfAnswer: AnswerId = unseen;
  #usesIds: boolean | undefined;
  #idBefore: string | undefined;
  #reserved = 0;
  #bytesSeen = 0;
  #lastByteAt: number;
  #lastUsedAt: number;
  #open = true;
  #lastError: Error | undefined;

  constructor(socket: DialedSocket, context: ConnectionContext) {
    this.#socket = socket;
    this.#context = context;
    this.#lastByteAt = this.#lastUsedAt = context.clock.now();
    socket.webSocket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.webSocket.on('error', (error) => this.#broken(error));
    socket.webSocket.on('close', (code, reason) => this.#ended(code, this.#blotted(reason.toString())));
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get hasRoom(): boolean {
    // A connection on which goodbyes are being said is still open to us, but takes no request.
    return (
      this.#open &&
      this.#socket.webSocket.readyState === WebSocket.OPEN &&
      this.#reserved < this.#context.options.requestsPerConnection
    );
  }

  get isIdle(): boolean {
    return this.#reserved === 0;
  }

  /** Keeps room for one request; every call is matched by one of {@link free}. */
  reserve(): void {
    this.#reserved += 1;
  }

  free(): void {
    this.#reserved -= 1;
    this.#lastUsedAt = this.#context.clock.now();
  }

  /** When room was last given back, on the clock's time line. */
  get lastUsedAt(): number {
    return this.#lastUsedAt;
  }

  /**
   * Sends a request; the caller has reserved room for it. On a closed connection the listener is told at once.
   * Throws, and leaves the connection as it was, when the request cannot be written as a frame.
   */
  send(request: LlmRequest, listener: ExchangeListener): Exchange {
    const { protocol, model, clock } = this.#context;
    if (!this.#open) {
      listener.failed(new LlmConnectionClosedError(this.#context.name, abnormalClosure, '', this.#lastError));
      return { abandon: () => undefined };
    }
    const id = String(++this.#requests);
    const frame = protocol.encode(request, {
      model,
      now: clock.date(),
      ...(this.#multiplexed ? { requestId: id } : {}),
    });
    this.#exchanges.set(id, listener);
    if (this.#idOfAnswer !== unseen) this.#idBefore = this.#idOfAnswer;
    this.#idOfAnswer = unseen;
    this.#socket.webSocket.send(frame);
    if (this.#socket.webSocket.bufferedAmount > this.#context.options.maxUnsentBytes) {
      this.#cut(new LlmConnectionClosedError(this.#context.name, abnormalClosure, 'the peer does not read'));
    }
    return { abandon: () => this.#abandon(id) };
  }

  /** Pings, and cuts the connection when no byte came for too long. A frozen peer raises no event by itself. */
  beat(): void {
    const { clock, options, name } = this.#context;
    const now = clock.now();
    const { bytesRead } = this.#socket.tcp;
    if (bytesRead !== this.#bytesSeen) {
      this.#bytesSeen = bytesRead;
      this.#lastByteAt = now;
    } else if (now - this.#lastByteAt >= options.deadAfterMs) {
      this.#cut(new LlmConnectionClosedError(name, abnormalClosure, 'the peer has been silent for too long'));
      return;
    }
    this.#socket.webSocket.ping();
  }

  /** Takes no more requests and says goodbye; what is in flight fails. */
  close(): void {
    if (!this.#open) return;
    this.#socket.webSocket.close(1000);
    this.#ended(1000, 'closed by us');
  }

  get #multiplexed(): boolean {
    return this.#context.options.requestsPerConnection > 1;
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (!this.#open) return;
    if (isBinary) {
      this.#cut(new LlmFrameError('it is binary'));
      return;
    }
    const { protocol } = this.#context;
    const text = (data as Buffer).toString();
    const frame = protocol.decode(text);
    this.#dispatch(frame.event?.type === 'error' ? protocol.decode(this.#blotted(text)) : frame);
  }

  /** Servers like to repeat the key that they refuse. */
  #blotted(text: string): string {
    return this.#context.secrets.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);
  }

  #dispatch({ requestId, event }: DecodedFrame): void {
    if (event === undefined) return;
    if (event.type === 'error' && event.error instanceof LlmFrameError) {
      this.#cut(event.error);
      return;
    }
    const id = this.#addressee(requestId);
    const listener = id === undefined ? undefined : this.#exchanges.get(id);
    if (id === undefined || listener === undefined) {
      this.#unexpected(requestId);
      return;
    }
    const isPlainError = event.type === 'error' && requestId === undefined;
    if (!this.#multiplexed && !isPlainError && !this.#belongs(requestId)) return;
    if (event.type !== 'delta') this.#exchanges.delete(id);
    listener.event(event);
  }

  /**
   * With one request at a time there is no doubt. With several the frame must say whose it is, also while only one
   * is in flight: it could belong to an answer that was given up before.
   */
  #addressee(requestId: string | undefined): string | undefined {
    return this.#multiplexed ? requestId : this.#exchanges.keys().next().value;
  }

  /**
   * A frame for a request that was given up is dropped, and so is what a server says before it was asked. A frame
   * that could be anybody's (after the end of an answer, or without the `request_id` that the server was said to
   * echo) makes the next answer doubtful.
   */
  #unexpected(requestId: string | undefined): void {
    if (this.#multiplexed && requestId !== undefined) return;
    if (this.#requests === 0) return;
    const detail = this.#multiplexed ? 'it names no request_id' : 'it came after the end of the answer';
    this.#cut(new LlmFrameError(detail));
  }

  /**
   * Some servers name every answer without being asked to. Then all frames of an answer carry the same id, another one
   * than the answer before, or none of the connection's frames does: what breaks that rule is somebody else's.
   */
  #belongs(requestId: string | undefined): boolean {
    if (requestId !== undefined && requestId === this.#idBefore) {
      // Late, or from a server that gives all its answers one name: on a new connection there is no doubt again.
      const detail = 'an answer goes by the name of the one before';
      this.#cut(new LlmConnectionClosedError(this.#context.name, abnormalClosure, detail));
      return false;
    }
    if (this.#idOfAnswer === unseen) {
      this.#idOfAnswer = requestId;
      this.#usesIds ??= requestId !== undefined;
    }
    if (this.#idOfAnswer === requestId && this.#usesIds === (requestId !== undefined)) return true;
    this.#cut(new LlmFrameError('it belongs to another request'));
    return false;
  }

  #abandon(id: string): void {
    if (!this.#exchanges.delete(id) || this.#multiplexed) return;
    this.#cut(new LlmConnectionClosedError(this.#context.name, abnormalClosure, 'an answer was given up'));
  }

  /** ws found bytes that are no WebSocket: a frame of a wrong kind, too large, in too many pieces, or not UTF-8. */
  #broken(error: Error): void {
    this.#lastError = error;
    this.#cut(new LlmFrameError(error.message, error));
  }

  /** Ends a connection that cannot be trusted any more, without a goodbye that a frozen peer would not answer. */
  #cut(error: LlmError): void {
    if (!this.#open) return;
    this.#socket.webSocket.terminate();
    this.#ended(abnormalClosure, '', error);
  }

  #ended(code: number, reason: string, error?: LlmError): void {
    if (!this.#open) return;
    this.#open = false;
    const reported = error ?? new LlmConnectionClosedError(this.#context.name, code, reason, this.#lastError);
    const waiting = [...this.#exchanges.values()];
    this.#exchanges.clear();
    for (const listener of waiting) listener.failed(reported);
    this.#context.onClose(this, reported);
  }
}
