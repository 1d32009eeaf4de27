import { WebSocket, type RawData } from 'ws';
import { type Timer } from '../clock.js';
import { LlmFrameError } from '../errors/answer-errors.js';
import { LlmConnectionClosedError } from '../errors/connection-errors.js';
import { LlmError } from '../errors/llm-error.js';
import { type DecodedFrame, type LlmRequest } from '../protocols/protocol.js';
import { afterPoll } from './after-poll.js';
import { abnormalClosure, closeError } from './close-error.js';
import { type ConnectionSetup } from './dial/connection-setup.js';
import { type DialedSocket } from './dial/dial.js';
import { type Exchange, type ExchangeListener } from './exchange.js';
import { type ConnectionControl } from './connection-control.js';
import { Exchanges } from './exchanges.js';
import { decodeFrame } from './incoming-frame.js';
import { sendKeepalives } from './send-keepalives.js';
import { PeerLiveness } from './peer-liveness.js';
import { ConnectionReuse } from './reuse/connection-reuse.js';

/** Events of a connection, for the pool that holds it. */
export interface ConnectionHandlers {
  /** It has ended with this error. Called once. */
  onClose: (connection: Connection, error: LlmError) => void;
  /** The server has ended an abandoned answer, so that the connection can take another request. */
  onCapacity?: () => void;
}

/** One open WebSocket: its free capacity, its heartbeat and its end. */
export class Connection {
  readonly #socket: DialedSocket;
  readonly #setup: ConnectionSetup;
  readonly #handlers: ConnectionHandlers;
  readonly #exchanges: Exchanges;
  readonly #capacity: number;
  readonly #retireAt: number;
  readonly #liveness: PeerLiveness;
  readonly #reuse: ConnectionReuse;
  /** Aborted with the error that ended the connection. */
  readonly #ending = new AbortController();
  #reserved = 0;
  #keepalive: Timer | undefined;
  #lastUsedAt: number;
  #open = true;
  #retiring = false;
  #lastError: Error | undefined;
  #endError: LlmError | undefined;
  #isClosedByUs = false;

  constructor(socket: DialedSocket, setup: ConnectionSetup, handlers: ConnectionHandlers) {
    const { rules, options, clock, random } = setup;
    this.#socket = socket;
    this.#setup = setup;
    this.#handlers = handlers;
    this.#capacity = Math.min(options.requestsPerConnection, rules.maxInFlight);
    this.#reuse = new ConnectionReuse(setup.reuse, () => clock.now());
    this.#exchanges = new Exchanges(setup, this.#capacity, this.#reuse, this.#control());
    this.#lastUsedAt = clock.now();
    this.#liveness = new PeerLiveness(socket, {
      clock,
      pingTimeoutMs: options.pingTimeoutMs,
      isIdle: () => this.isIdle,
      onDead: () => this.#terminate(this.#broken('the peer has answered no ping')),
    });
    this.#retireAt = this.#lastUsedAt + rules.maxAgeMs * (1 - random() / 10);
    this.#listen();
    if (this.#open) {
      const nextId = (): string => this.#exchanges.nextId();
      this.#keepalive = sendKeepalives(setup, (frame) => socket.webSocket.send(frame), nextId);
    }
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** The error that ended it; undefined while it is open. */
  get endError(): LlmError | undefined {
    return this.#endError;
  }

  /** Whether {@link close} ended it, rather than the server or the network. */
  get isClosedByUs(): boolean {
    return this.#isClosedByUs;
  }

  /** The model that the address or handshake names; otherwise that of the route. */
  get model(): string {
    return this.#setup.context.model;
  }

  /** Whether it can take one more request. */
  get hasCapacity(): boolean {
    // During the close handshake the connection is still open, but takes no more requests.
    return (
      this.#open &&
      !this.#retiring &&
      this.#socket.webSocket.readyState === WebSocket.OPEN &&
      this.#inUse < this.#capacity
    );
  }

  /** Whether no request is in flight or reserved. */
  get isIdle(): boolean {
    return this.#inUse === 0;
  }

  /** Whether it can take a request of any caller now. */
  get isReady(): boolean {
    return this.hasCapacity && this.#reuse.isReady;
  }

  /** Milliseconds until it may carry a request of any caller, if it is idle; Infinity: never. */
  get readyInMs(): number {
    return this.#reuse.readyInMs;
  }

  /** Milliseconds until no request can use it any more, so that it should be closed; Infinity: never. */
  get unusableInMs(): number {
    return this.#reuse.unusableInMs;
  }

  /** Whether it can take this request immediately, because it carried the previous one of the same conversation. */
  canFollow(request: LlmRequest): boolean {
    return this.hasCapacity && this.#reuse.mayFollow(request);
  }

  /**
   * Resolves when the new connection has been quiet for the settle time. Rejects with the error that ended the
   * connection, or with the signal's reason; then the connection is closed.
   */
  async settled(signal: AbortSignal): Promise<void> {
    const { clock, options } = this.#setup;
    const until = clock.now() + options.connectTimeoutMs + options.settleMs;
    try {
      for (let ms = this.#reuse.settlesInMs; ms > 0 && this.#open; ms = this.#reuse.settlesInMs) {
        if (clock.now() >= until) this.#terminate(this.#broken('it sends unsolicited frames'));
        await clock.sleep(ms, AbortSignal.any([signal, this.#ending.signal]));
        await this.isQuietNow();
      }
      if (this.#endError !== undefined) throw this.#endError;
      signal.throwIfAborted();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Whether frames are matched to requests by order alone. */
  get isByOrder(): boolean {
    return this.#setup.reuse.isByOrder;
  }

  /** Whether a reserved connection can still take its request once all frames that have reached this process are read. */
  async isQuietNow(): Promise<boolean> {
    if (!this.isByOrder) return true;
    await afterPoll();
    return this.#open && this.#reuse.settlesInMs === 0;
  }

  /** When a request was last released, in milliseconds of the clock. */
  get lastUsedAt(): number {
    return this.#lastUsedAt;
  }

  /** Reserves capacity for one request; each call needs one call of {@link release}. */
  reserve(): void {
    this.#reserved += 1;
  }

  /** Gives back the capacity of {@link reserve}. */
  release(): void {
    this.#reserved -= 1;
    this.#lastUsedAt = this.#setup.clock.now();
    this.#closeIfRetired();
  }

  /** Whether the connection has carried exactly the history of this request, so that the server remembers it. */
  continuesConversation(request: LlmRequest): boolean {
    return this.#exchanges.digest.matches(request);
  }

  /** Whether a request can continue the conversation that the connection has carried. */
  get hasConversation(): boolean {
    return !this.#exchanges.digest.isEmpty;
  }

  /**
   * Sends a request, for which the caller has reserved capacity. On a closed connection the listener's `failed` is called
   * immediately. Throws, and leaves the connection unchanged, if the request cannot be encoded.
   */
  send(request: LlmRequest, listener: ExchangeListener): Exchange {
    if (this.#open) return this.#exchanges.send(request, listener);
    listener.failed(this.#broken(''));
    return { abandon: () => undefined, firstUnknown: undefined };
  }

  /**
   * Sends a ping, and retires the connection when it has reached its maximum age. Pings keep the path through NATs and
   * proxies open at any time; whether the peer answers is judged only while the connection is idle.
   */
  heartbeat(): void {
    if (this.#setup.rules.answersPings) this.#liveness.ping();
    if (this.#setup.clock.now() >= this.#retireAt) this.retire();
  }

  /**
   * Whether nothing has arrived for `probeAfterMs`: the network may have dropped the connection without a message, so it
   * is probed before it carries a request.
   */
  get isStale(): boolean {
    const { clock, options, rules } = this.#setup;
    return rules.answersPings && clock.now() - this.#liveness.lastFrameAt >= options.probeAfterMs;
  }

  /** Sends a ping. Resolves when any frame arrives, or when the connection has ended. */
  probe(): Promise<void> {
    const next = this.#liveness.nextFrame();
    if (this.#open) this.#liveness.ping();
    return this.#open ? next : Promise.resolve();
  }

  /** Closes with a close handshake; requests in flight fail. */
  close(): void {
    if (!this.#open) return;
    this.#isClosedByUs = true;
    this.#socket.webSocket.close(1000);
    this.#ended(1000, 'closed by us', new LlmConnectionClosedError(this.#setup.name, 1000, 'closed by us'));
  }

  get #inUse(): number {
    return this.#reserved + this.#exchanges.stopping;
  }

  #control(): ConnectionControl {
    return {
      isOpen: () => this.#open,
      bytesRead: () => this.#socket.tcp.bytesRead,
      learned: this.#socket.learned,
      write: (frames) => this.#write(frames),
      terminate: (error) => this.#terminate(error),
      retire: () => this.retire(),
      onCapacity: () => this.#capacityFreed(),
    };
  }

  #broken(why: string): LlmConnectionClosedError {
    return new LlmConnectionClosedError(this.#setup.name, abnormalClosure, why, this.#lastError);
  }

  #write(frames: string | readonly string[]): void {
    const { webSocket } = this.#socket;
    if (typeof frames === 'string') webSocket.send(frames);
    else for (const frame of frames) webSocket.send(frame);
    const { maxUnsentBytes } = this.#setup.options;
    if (webSocket.bufferedAmount > maxUnsentBytes) this.#terminate(this.#broken('the peer does not read'));
  }

  /** Without a close handshake, which a frozen peer would not answer. */
  #terminate(error: LlmError): void {
    if (!this.#open) return;
    this.#socket.webSocket.terminate();
    this.#ended(abnormalClosure, '', error);
  }

  /** Takes no more requests, and closes when those in flight have ended. */
  retire(): void {
    this.#retiring = true;
    this.#closeIfRetired();
  }

  #capacityFreed(): void {
    this.#closeIfRetired();
    if (this.#open) this.#handlers.onCapacity?.();
  }

  #listen(): void {
    const { webSocket, inbox } = this.#socket;
    // ws rejected a frame: invalid opcode, too large, too many fragments, or not UTF-8.
    webSocket.on('error', (error) => {
      this.#lastError = error;
      this.#terminate(new LlmFrameError(error.message, error));
    });
    webSocket.on('close', (code, reason) =>
      this.#ended(code, this.#setup.redactor.redactError(reason.toString())),
    );
    inbox.read((data, isBinary) => this.#receive(data, isBinary));
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (!this.#open) return;
    this.#liveness.frameArrived();
    const frame = decodeFrame(data, isBinary, this.#setup);
    if (frame instanceof LlmError) this.#terminate(frame);
    else this.#dispatch(frame);
  }

  #dispatch(frame: DecodedFrame): void {
    const { event, reply, drain } = frame;
    if (reply !== undefined) this.#write(reply);
    if (drain === true) this.retire();
    if (event?.type === 'error') {
      if (event.error instanceof LlmFrameError || event.reach === 'connection') this.#terminate(event.error);
      if (!this.#open || event.reach === 'nobody') return;
    }
    this.#exchanges.receive(frame);
  }

  #closeIfRetired(): void {
    if (this.#retiring && this.isIdle) this.close();
  }

  #ended(code: number, reason: string, error?: LlmError): void {
    if (!this.#open) return;
    this.#open = false;
    this.#keepalive?.cancel();
    this.#liveness.close();
    const reported = (this.#endError = error ?? closeError(code, reason, this.#setup, this.#lastError));
    this.#ending.abort(reported);
    this.#exchanges.end(reported, error === undefined && this.#setup.rules.endsOnClose.includes(code));
    this.#handlers.onClose(this, reported);
  }
}
