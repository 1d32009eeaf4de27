import { WebSocket, type RawData } from 'ws';
import { type Timer } from '../clock.js';
import { LlmFrameError } from '../errors/answer-errors.js';
import { LlmConnectionClosedError, LlmTimeoutError } from '../errors/connection-errors.js';
import { LlmError } from '../errors/llm-error.js';
import { type DecodedFrame, type LlmRequest } from '../protocols/protocol.js';
import { closeError } from './close-error.js';
import { type ConnectionSetup } from './connection-setup.js';
import { EchoCorrelation, NameCorrelation, OrderCorrelation, type Correlation } from './correlation.js';
import { type DialedSocket } from './dial.js';
import { OpenExchange, type Exchange, type ExchangeListener } from './exchange.js';
import { frameText } from './frame-text.js';
import { PeerSilence } from './peer-silence.js';
import { saidAfter, saidBefore } from './transcript.js';

/** Close code of a socket that ended without a close frame. */
const abnormalClosure = 1006;

/** How long a server that was told to stop may take to end its answer before the connection is cut. */
const stopTimeoutMs = 5_000;

/** What whoever holds a connection is told of it. */
export interface ConnectionHandlers {
  onClose: (connection: Connection, error: LlmError) => void;
  /** An answer that was given up is over at last: there is room again. */
  onRoom?: () => void;
}

/** One open WebSocket. Carries the requests that there is room for, and gives each frame to the right one. */
export class Connection {
  readonly #socket: DialedSocket;
  readonly #setup: ConnectionSetup;
  readonly #handlers: ConnectionHandlers;
  readonly #correlation: Correlation;
  readonly #capacity: number;
  readonly #retireAt: number;
  readonly #silence: PeerSilence;
  #requests = 0;
  #reserved = 0;
  /** Answers that were given up, and that the server has yet to end. */
  readonly #stopping = new Map<OpenExchange, Timer>();
  #keepalive: Timer | undefined;
  #said: string | undefined;
  #lastUsedAt: number;
  #open = true;
  #retiring = false;
  #lastError: Error | undefined;
  #closedBy: LlmError | undefined;

  constructor(socket: DialedSocket, setup: ConnectionSetup, handlers: ConnectionHandlers) {
    const { rules, options, clock, name, random } = setup;
    this.#socket = socket;
    this.#setup = setup;
    this.#handlers = handlers;
    this.#capacity = Math.min(options.requestsPerConnection, rules.maxInFlight);
    if (rules.correlation === 'ids') this.#correlation = new NameCorrelation();
    else this.#correlation = this.#capacity > 1 ? new EchoCorrelation() : new OrderCorrelation(name);
    this.#lastUsedAt = clock.now();
    this.#silence = new PeerSilence(socket.tcp, this.#lastUsedAt);
    this.#retireAt = this.#lastUsedAt + rules.maxAgeMs * (1 - random() / 10);
    const { webSocket, inbox } = socket;
    webSocket.on('error', (error) => this.#broken(error));
    webSocket.on('close', (code, reason) => this.#ended(code, setup.blot(reason.toString())));
    inbox.read((data, isBinary) => this.#receive(data, isBinary));
    const { keepalive } = rules;
    if (keepalive === undefined || !this.#open) return;
    this.#keepalive = clock.timer(keepalive.everyMs, () => {
      webSocket.send(keepalive.frame({ ...setup.context, now: clock.date() }));
      this.#keepalive?.refresh();
    });
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Why it is not open any more. */
  get closedBy(): LlmError | undefined {
    return this.#closedBy;
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
      this.#reserved + this.#stopping.size < this.#capacity
    );
  }

  get isIdle(): boolean {
    return this.#reserved + this.#stopping.size === 0;
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

  /** When room was last given back, on the clock's time line. */
  get lastUsedAt(): number {
    return this.#lastUsedAt;
  }

  /** Has what was said before this request been said on this connection, and nothing else? */
  remembers(request: LlmRequest): boolean {
    return this.#said !== undefined && this.#said === saidBefore(request);
  }

  /** Can a conversation go on from what was said on it? */
  get hasMemory(): boolean {
    return this.#said !== undefined;
  }

  /**
   * Sends a request; the caller has reserved room for it. On a closed connection the listener is told at once.
   * Throws, and leaves the connection as it was, when the request cannot be written as a frame.
   */
  send(request: LlmRequest, listener: ExchangeListener): Exchange {
    const { protocol, rules, context, clock, name } = this.#setup;
    if (!this.#open) {
      listener.failed(new LlmConnectionClosedError(name, abnormalClosure, '', this.#lastError));
      return { abandon: () => undefined };
    }
    const count = ++this.#requests;
    const id = rules.uniqueIds ? `${context.connectionId}-${count}` : String(count);
    const isNamed = rules.correlation === 'ids' || this.#capacity > 1;
    const exchange = new OpenExchange(
      id,
      request,
      {
        ...context,
        now: clock.date(),
        learned: this.#socket.learned,
        ...(isNamed ? { requestId: id } : {}),
      },
      listener,
      this.#socket.tcp.bytesRead,
    );
    const asked = this.remembers(request) ? { ...request, history: [] } : request;
    const frames = protocol.encode(asked, exchange.context);
    this.#said = undefined;
    this.#correlation.begin(exchange);
    this.#write(frames);
    return { abandon: (why) => this.#abandon(exchange, why) };
  }

  /** Pings, and cuts the connection when no byte came for too long. A frozen peer raises no event by itself. */
  beat(): void {
    const { clock, options, name, rules } = this.#setup;
    const now = clock.now();
    if (rules.answersPings && this.#silence.lasts(now) >= options.deadAfterMs) {
      this.#cut(new LlmConnectionClosedError(name, abnormalClosure, 'the peer has been silent for too long'));
      return;
    }
    if (rules.answersPings) this.#socket.webSocket.ping();
    if (now >= this.#retireAt) this.#retire();
  }

  /** Takes no more requests and says goodbye; what is in flight fails. */
  close(): void {
    if (!this.#open) return;
    this.#socket.webSocket.close(1000);
    this.#ended(1000, 'closed by us', new LlmConnectionClosedError(this.#setup.name, 1000, 'closed by us'));
  }

  #write(frames: string | readonly string[]): void {
    const { webSocket } = this.#socket;
    if (typeof frames === 'string') webSocket.send(frames);
    else for (const frame of frames) webSocket.send(frame);
    if (webSocket.bufferedAmount > this.#setup.options.maxUnsentBytes) {
      const { name } = this.#setup;
      this.#cut(new LlmConnectionClosedError(name, abnormalClosure, 'the peer does not read'));
    }
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (!this.#open) return;
    const frame = this.#decoded(data, isBinary);
    if (frame !== undefined) this.#dispatch(frame);
  }

  /** What a protocol makes of a message. One that throws must not end the process. */
  #decoded(data: RawData, isBinary: boolean): DecodedFrame | undefined {
    const { protocol, rules, blot } = this.#setup;
    try {
      const text = frameText(data, isBinary, rules.binaryText);
      const frame = protocol.decode(text);
      // Servers like to repeat the key that they refuse.
      return frame.event?.type === 'error' ? protocol.decode(blot(text)) : frame;
    } catch (cause) {
      this.#senseless(cause);
      return undefined;
    }
  }

  #senseless(cause: unknown): void {
    this.#cut(cause instanceof LlmError ? cause : new LlmFrameError('the protocol failed on it', cause));
  }

  #dispatch(frame: DecodedFrame): void {
    const { event, reply, drain } = frame;
    if (reply !== undefined) this.#write(reply);
    if (drain === true) this.#retire();
    if (event?.type === 'error') {
      if (event.error instanceof LlmFrameError || event.reach === 'connection') this.#cut(event.error);
      if (!this.#open || event.reach === 'nobody') return;
    }
    const exchange = this.#correlation.whose(frame);
    if (exchange instanceof LlmError) this.#cut(exchange);
    else if (exchange !== undefined) this.#tell(exchange, frame);
  }

  #tell(exchange: OpenExchange, { event, facts, learned, next }: DecodedFrame): void {
    const { assembly, context, listener, request } = exchange;
    if (learned !== undefined) context.learned = { ...context.learned, ...learned };
    if (facts !== undefined) assembly.learn(facts);
    if (next !== undefined && listener !== undefined) {
      try {
        this.#write(next(request, context));
      } catch (cause) {
        this.#senseless(cause);
      }
    }
    if (event === undefined) return;
    if (event.type === 'error') {
      this.#over(exchange);
      listener?.event(event);
      return;
    }
    const told = assembly.take(event);
    if (told.type === 'end') {
      this.#over(exchange);
      if (this.#setup.rules.reuse === 'conversation') this.#said = saidAfter(request, assembly.text);
    }
    listener?.event(told);
  }

  #over(exchange: OpenExchange): void {
    this.#correlation.end(exchange);
    const timer = this.#stopping.get(exchange);
    if (timer === undefined) return;
    timer.cancel();
    this.#stopping.delete(exchange);
    this.#closeIfRetired();
    if (this.#open) this.#handlers.onRoom?.();
  }

  #abandon(exchange: OpenExchange, why: LlmError | undefined): void {
    if (exchange.listener === undefined || !this.#correlation.has(exchange)) return;
    const { protocol, clock, name } = this.#setup;
    const stop = this.#open ? protocol.cancel?.(exchange.request, exchange.context) : undefined;
    exchange.listener = undefined;
    if (stop !== undefined) {
      const late = new LlmConnectionClosedError(name, abnormalClosure, 'the server does not stop');
      this.#stopping.set(
        exchange,
        clock.timer(stopTimeoutMs, () => this.#cut(late)),
      );
      this.#write(stop);
    } else {
      this.#correlation.end(exchange);
      if (this.#capacity > 1 && !this.#isDoubtful(exchange, why)) return;
      this.#cut(new LlmConnectionClosedError(name, abnormalClosure, 'an answer was given up'));
    }
  }

  /** May the connection be dead? It takes no more requests then, and those under way may still prove that it lives. */
  #isDoubtful({ bytesBefore }: OpenExchange, why: LlmError | undefined): boolean {
    if (!(why instanceof LlmTimeoutError) || this.#socket.tcp.bytesRead > bytesBefore) return false;
    this.#retiring = true;
    return this.#correlation.isEmpty;
  }

  #retire(): void {
    this.#retiring = true;
    this.#closeIfRetired();
  }

  #closeIfRetired(): void {
    if (this.#retiring && this.isIdle) this.close();
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
    this.#keepalive?.cancel();
    for (const timer of this.#stopping.values()) timer.cancel();
    const reported = (this.#closedBy = error ?? closeError(code, reason, this.#setup, this.#lastError));
    const isEnd = error === undefined && this.#setup.rules.endsOnClose.includes(code);
    for (const exchange of [...this.#correlation.all()]) {
      this.#correlation.end(exchange);
      const { assembly, listener } = exchange;
      if (isEnd && assembly.text !== '') listener?.event(assembly.end({ type: 'end' }));
      else listener?.failed(reported);
    }
    this.#handlers.onClose(this, reported);
  }
}
