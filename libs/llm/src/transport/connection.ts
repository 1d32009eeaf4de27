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
import { Exchanges, type Wire } from './exchanges.js';
import { decodeFrame } from './incoming-frame.js';
import { PeerSilence } from './peer-silence.js';
import { ConnectionReuse } from './reuse/connection-reuse.js';

/** What whoever holds a connection is told of it. */
export interface ConnectionHandlers {
  onClose: (connection: Connection, error: LlmError) => void;
  /** An answer that was given up is over at last: there is room again. */
  onRoom?: () => void;
}

/** One open WebSocket: how many requests there is room for, whether it lives, and how it ends. */
export class Connection {
  readonly #socket: DialedSocket;
  readonly #setup: ConnectionSetup;
  readonly #handlers: ConnectionHandlers;
  readonly #exchanges: Exchanges;
  readonly #capacity: number;
  readonly #retireAt: number;
  readonly #silence: PeerSilence;
  readonly #reuse: ConnectionReuse;
  /** Aborted with the error that ended the connection. */
  readonly #ending = new AbortController();
  #reserved = 0;
  #keepalive: Timer | undefined;
  #lastUsedAt: number;
  #open = true;
  #retiring = false;
  #lastError: Error | undefined;
  #closedBy: LlmError | undefined;
  #isClosedByUs = false;

  constructor(socket: DialedSocket, setup: ConnectionSetup, handlers: ConnectionHandlers) {
    const { rules, options, clock, random } = setup;
    this.#socket = socket;
    this.#setup = setup;
    this.#handlers = handlers;
    this.#capacity = Math.min(options.requestsPerConnection, rules.maxInFlight);
    this.#reuse = new ConnectionReuse(setup.reuse, () => clock.now());
    this.#exchanges = new Exchanges(setup, this.#capacity, this.#reuse, this.#wire());
    this.#lastUsedAt = clock.now();
    this.#silence = new PeerSilence(socket.tcp, this.#lastUsedAt);
    this.#retireAt = this.#lastUsedAt + rules.maxAgeMs * (1 - random() / 10);
    this.#listen();
    if (this.#open) this.#keepAlive();
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Why it is not open any more. */
  get closedBy(): LlmError | undefined {
    return this.#closedBy;
  }

  /** Whether {@link close} ended it. */
  get isClosedByUs(): boolean {
    return this.#isClosedByUs;
  }

  /** The model that the connection is for, where the address names it; else that of the route. */
  get model(): string {
    return this.#setup.context.model;
  }

  get hasRoom(): boolean {
    // A connection on which goodbyes are being said is still open to us, but takes no request.
    return (
      this.#open &&
      !this.#retiring &&
      this.#socket.webSocket.readyState === WebSocket.OPEN &&
      this.#taken < this.#capacity
    );
  }

  get isIdle(): boolean {
    return this.#taken === 0;
  }

  /** Whether it can take a request of any caller now. */
  get isReady(): boolean {
    return this.hasRoom && this.#reuse.isReady;
  }

  /** When it may carry a request of any caller if it is idle, in ms from now; Infinity: never. */
  get readyInMs(): number {
    return this.#reuse.readyInMs;
  }

  /** When no request can use it any more and it may be closed, in ms from now; Infinity: never. */
  get spentInMs(): number {
    return this.#reuse.spentInMs;
  }

  /** Whether it can take this request immediately, because it carried the previous one of the same conversation. */
  canFollow(request: LlmRequest): boolean {
    return this.hasRoom && this.#reuse.mayFollow(request);
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
        if (clock.now() >= until) this.#cut(this.#broken('it sends unsolicited frames'));
        await clock.sleep(ms, AbortSignal.any([signal, this.#ending.signal]));
        await this.isQuietNow();
      }
      if (this.#closedBy !== undefined) throw this.#closedBy;
      signal.throwIfAborted();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Whether frames are matched to requests by their order alone. */
  get isByOrder(): boolean {
    return this.#setup.reuse.isByOrder;
  }

  /** Whether a reserved connection can still take its request when all frames that have reached this process were read. */
  async isQuietNow(): Promise<boolean> {
    if (!this.isByOrder) return true;
    await afterPoll();
    return this.#open && this.#reuse.settlesInMs === 0;
  }

  /** When room was last given back, on the clock's time line. */
  get lastUsedAt(): number {
    return this.#lastUsedAt;
  }

  /** Keeps room for one request; every call is matched by one of {@link free}. */
  reserve(): void {
    this.#reserved += 1;
  }

  free(): void {
    this.#reserved -= 1;
    this.#lastUsedAt = this.#setup.clock.now();
    this.#closeIfRetired();
  }

  /** Has what was said before this request been said on this connection, and nothing else? */
  remembers(request: LlmRequest): boolean {
    return this.#exchanges.transcript.holds(request);
  }

  /** Can a conversation go on from what was said on it? */
  get hasMemory(): boolean {
    return !this.#exchanges.transcript.isEmpty;
  }

  /**
   * Sends a request; the caller has reserved room for it. On a closed connection the listener is told at once.
   * Throws, and leaves the connection as it was, when the request cannot be written as a frame.
   */
  send(request: LlmRequest, listener: ExchangeListener): Exchange {
    if (this.#open) return this.#exchanges.send(request, listener);
    listener.failed(this.#broken(''));
    return { abandon: () => undefined };
  }

  /** Pings, and cuts the connection when no byte came for too long. A frozen peer raises no event by itself. */
  beat(): void {
    const { clock, options, rules } = this.#setup;
    const now = clock.now();
    const isSilent = rules.answersPings && this.#silence.lasts(now) >= options.deadAfterMs;
    if (isSilent) return this.#cut(this.#broken('the peer has been silent for too long'));
    if (rules.answersPings) this.#socket.webSocket.ping();
    if (now >= this.#retireAt) this.#retire();
  }

  /** Takes no more requests and says goodbye; what is in flight fails. */
  close(): void {
    if (!this.#open) return;
    this.#isClosedByUs = true;
    this.#socket.webSocket.close(1000);
    this.#ended(1000, 'closed by us', new LlmConnectionClosedError(this.#setup.name, 1000, 'closed by us'));
  }

  get #taken(): number {
    return this.#reserved + this.#exchanges.stopping;
  }

  #wire(): Wire {
    return {
      isOpen: () => this.#open,
      bytesRead: () => this.#socket.tcp.bytesRead,
      learned: this.#socket.learned,
      write: (frames) => this.#write(frames),
      cut: (error) => this.#cut(error),
      retire: () => this.#retire(),
      onRoom: () => this.#roomCame(),
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
    if (webSocket.bufferedAmount > maxUnsentBytes) this.#cut(this.#broken('the peer does not read'));
  }

  /** Without a goodbye, which a frozen peer would not answer. */
  #cut(error: LlmError): void {
    if (!this.#open) return;
    this.#socket.webSocket.terminate();
    this.#ended(abnormalClosure, '', error);
  }

  #retire(): void {
    this.#retiring = true;
    this.#closeIfRetired();
  }

  #roomCame(): void {
    this.#closeIfRetired();
    if (this.#open) this.#handlers.onRoom?.();
  }

  #listen(): void {
    const { webSocket, inbox } = this.#socket;
    // ws found bytes that are no WebSocket: a frame of a wrong kind, too large, in too many pieces, or not UTF-8.
    webSocket.on('error', (error) => {
      this.#lastError = error;
      this.#cut(new LlmFrameError(error.message, error));
    });
    webSocket.on('close', (code, reason) =>
      this.#ended(code, this.#setup.redactor.redactError(reason.toString())),
    );
    inbox.read((data, isBinary) => this.#receive(data, isBinary));
  }

  #keepAlive(): void {
    const { rules, clock, context } = this.#setup;
    const { keepalive } = rules;
    if (keepalive === undefined) return;
    this.#keepalive = clock.timer(keepalive.everyMs, () => {
      this.#socket.webSocket.send(keepalive.frame({ ...context, now: clock.date() }));
      this.#keepalive?.refresh();
    });
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (!this.#open) return;
    const frame = decodeFrame(data, isBinary, this.#setup);
    if (frame instanceof LlmError) this.#cut(frame);
    else this.#dispatch(frame);
  }

  #dispatch(frame: DecodedFrame): void {
    const { event, reply, drain } = frame;
    if (reply !== undefined) this.#write(reply);
    if (drain === true) this.#retire();
    if (event?.type === 'error') {
      if (event.error instanceof LlmFrameError || event.reach === 'connection') this.#cut(event.error);
      if (!this.#open || event.reach === 'nobody') return;
    }
    this.#exchanges.take(frame);
  }

  #closeIfRetired(): void {
    if (this.#retiring && this.isIdle) this.close();
  }

  #ended(code: number, reason: string, error?: LlmError): void {
    if (!this.#open) return;
    this.#open = false;
    this.#keepalive?.cancel();
    const reported = (this.#closedBy = error ?? closeError(code, reason, this.#setup, this.#lastError));
    this.#ending.abort(reported);
    this.#exchanges.end(reported, error === undefined && this.#setup.rules.endsOnClose.includes(code));
    this.#handlers.onClose(this, reported);
  }
}
