import { type Timer } from '../clock.js';
import { LlmFrameError } from '../errors/answer-errors.js';
import { LlmConnectionClosedError, LlmTimeoutError } from '../errors/connection-errors.js';
import { LlmError } from '../errors/llm-error.js';
import { type DecodedFrame, type Learned, type LlmRequest } from '../protocols/protocol.js';
import { type ConnectionSetup } from './dial/connection-setup.js';
import {
  concernsAnswer,
  EchoCorrelation,
  NameCorrelation,
  OrderCorrelation,
  type Correlation,
} from './correlation.js';
import { abnormalClosure } from './close-error.js';
import { OpenExchange, type Exchange, type ExchangeListener } from './exchange.js';
import { protocolFailure } from './incoming-frame.js';
import { isUniqueRequestId, uniqueRequestId } from './request-id.js';
import { type ConnectionReuse } from './reuse/connection-reuse.js';
import { Transcript } from './transcript.js';

/** How long a server that was told to stop may take to end its answer before the connection is cut. */
const stopTimeoutMs = 5_000;

/** What requests in flight may do to the connection that carries them. */
export interface Wire {
  isOpen: () => boolean;
  /** From the peer, since the connection was opened. */
  bytesRead: () => number;
  /** What the protocol's handshake has taught. */
  readonly learned: Learned;
  write: (frames: string | readonly string[]) => void;
  /** Ends a connection that cannot be trusted any more. */
  cut: (error: LlmError) => void;
  /** Takes no more requests, and ends with those that there are. */
  retire: () => void;
  /** An answer that was given up is over at last: there is room again. */
  onRoom: () => void;
}

/** The requests in flight on one connection: each is told what is its own, and can be given up. */
export class Exchanges {
  /** What can be gone on from. */
  readonly transcript = new Transcript();
  readonly #setup: ConnectionSetup;
  readonly #wire: Wire;
  readonly #isShared: boolean;
  readonly #correlation: Correlation;
  readonly #reuse: ConnectionReuse;
  /** Answers that were given up, and that the server has yet to end. */
  readonly #stopping = new Map<OpenExchange, Timer>();
  #count = 0;

  /** @param capacity most requests at a time */
  constructor(setup: ConnectionSetup, capacity: number, reuse: ConnectionReuse, wire: Wire) {
    this.#setup = setup;
    this.#reuse = reuse;
    this.#wire = wire;
    this.#isShared = capacity > 1;
    this.#correlation = this.#createCorrelation();
  }

  /** Answers that were given up, and still take room. */
  get stopping(): number {
    return this.#stopping.size;
  }

  /**
   * Sends a request on the open connection.
   * Throws, and leaves everything as it was, when it cannot be written as a frame.
   */
  send(request: LlmRequest, listener: ExchangeListener): Exchange {
    const exchange = this.#open(request, listener);
    const asked = this.transcript.holds(request) ? { ...request, history: [] } : request;
    const frames = this.#setup.protocol.encode(asked, exchange.context);
    this.transcript.clear();
    this.#correlation.begin(exchange);
    this.#reuse.began(request);
    this.#wire.write(frames);
    return { abandon: (why) => this.#abandon(exchange, why) };
  }

  /** Gives a frame to whoever it is for. */
  take(frame: DecodedFrame): void {
    if (isUniqueRequestId(frame.requestId)) this.#setup.reuse.repeatedId();
    if (this.#correlation.isEmpty && concernsAnswer(frame) && this.#takeUnexpected(frame)) return;
    const exchange = this.#correlation.whose(frame);
    if (exchange instanceof LlmError) this.#wire.cut(exchange);
    else if (exchange !== undefined) this.#tell(exchange, frame);
  }

  /**
   * The connection is gone, and all that was in flight with it.
   * @param isEnd is that how the protocol ends an answer?
   */
  end(error: LlmError, isEnd: boolean): void {
    for (const timer of this.#stopping.values()) timer.cancel();
    for (const exchange of [...this.#correlation.all()]) {
      this.#correlation.end(exchange);
      const { assembly, listener } = exchange;
      if (isEnd && assembly.text !== '') listener?.event(assembly.end({ type: 'end' }));
      else listener?.failed(error);
    }
  }

  /** A frame while no answer is expected. @returns whether it needs no further handling */
  #takeUnexpected({ requestId }: DecodedFrame): boolean {
    const { rules, reuse } = this.#setup;
    const { isByOrder } = reuse;
    const isEarly = this.#count === 0;
    // With the id of a request that is over, or of another connection, it cannot be mistaken for another answer.
    if (isUniqueRequestId(requestId)) return true;
    if (isByOrder && rules.correlation === 'ids' && requestId !== undefined) return true;
    if (isByOrder || isEarly) this.#reuse.unexpectedFrame();
    if (!isByOrder) return false;
    if (!isEarly) this.#wire.cut(new LlmFrameError('it came after the end of the answer'));
    return true;
  }

  #createCorrelation(): Correlation {
    const { rules, name, reuse, context } = this.#setup;
    if (rules.correlation === 'ids') return new NameCorrelation(name, reuse);
    if (this.#isShared) return new EchoCorrelation();
    return new OrderCorrelation(name, context.connectionId, reuse);
  }

  #open(request: LlmRequest, listener: ExchangeListener): OpenExchange {
    const { rules, context, clock, reuse } = this.#setup;
    const { learned } = this.#wire;
    this.#count += 1;
    // Shared connections as well: a server may keep the requests of all its connections in one table, by id.
    const isUnique = rules.uniqueIds || rules.offersIds;
    const id = isUnique ? uniqueRequestId(context.connectionId, this.#count) : String(reuse.takeNumber());
    const isNamed = rules.correlation === 'ids' || this.#isShared || (rules.offersIds && reuse.offersIds);
    const named = isNamed ? { requestId: id } : {};
    return new OpenExchange(
      id,
      request,
      { ...context, now: clock.date(), learned, ...named },
      listener,
      this.#wire.bytesRead(),
      reuse.requiresIds,
    );
  }

  #tell(exchange: OpenExchange, { event, facts, learned, next }: DecodedFrame): void {
    const { assembly, context, listener, request } = exchange;
    if (this.#isShared) exchange.bytesHeard = this.#wire.bytesRead();
    if (!exchange.hasBegun && (event !== undefined || facts !== undefined)) {
      exchange.hasBegun = true;
      this.#reuse.answerBegan();
    }
    if (learned !== undefined) context.learned = { ...context.learned, ...learned };
    if (facts !== undefined) assembly.learn(facts);
    if (next !== undefined && listener !== undefined) {
      try {
        this.#wire.write(next(request, context));
      } catch (cause) {
        this.#wire.cut(protocolFailure(cause));
      }
    }
    if (event === undefined) return;
    if (event.type === 'error') {
      this.#over(exchange);
      if (exchange.isNamed) this.#answered(exchange);
      else if (event.error.scope === 'never') this.#setup.reuse.requestRefused();
      // What follows an error, such as a late end, could not be distinguished from the next answer.
      if (this.#setup.reuse.isByOrder) this.#wire.retire();
      listener?.event(event);
      return;
    }
    const told = assembly.take(event);
    if (told.type === 'end') {
      this.#over(exchange);
      this.#answered(exchange);
      if (this.#setup.rules.reuse === 'conversation') this.transcript.extend(request, assembly.text);
    }
    listener?.event(told);
  }

  #answered({ isNamed }: OpenExchange): void {
    this.#reuse.answered(isNamed);
    this.#setup.reuse.answered(isNamed);
  }

  #over(exchange: OpenExchange): void {
    this.#correlation.end(exchange);
    const timer = this.#stopping.get(exchange);
    if (timer === undefined) return;
    timer.cancel();
    this.#stopping.delete(exchange);
    this.#wire.onRoom();
  }

  #abandon(exchange: OpenExchange, why: LlmError | undefined): void {
    if (exchange.listener === undefined || !this.#correlation.has(exchange)) return;
    const stop = this.#wire.isOpen()
      ? this.#setup.protocol.cancel?.(exchange.request, exchange.context)
      : undefined;
    exchange.listener = undefined;
    if (stop !== undefined) {
      this.#stopping.set(exchange, this.#cutIn(stopTimeoutMs, 'the server does not stop'));
      this.#wire.write(stop);
      if (this.#setup.reuse.isByOrder) this.#wire.retire();
      return;
    }
    this.#correlation.end(exchange);
    if (!this.#isShared) {
      this.#wire.cut(this.#closed('an answer was given up'));
    } else if (this.#isDoubtful(exchange, why)) {
      // Those under way may still prove that it lives.
      this.#wire.retire();
      if (this.#correlation.isEmpty) this.#wire.cut(this.#closed('not a byte came'));
    }
  }

  /** Did a time limit run out while not a byte came? Then the connection may be dead without having said so. */
  #isDoubtful({ bytesBefore, bytesHeard }: OpenExchange, why: LlmError | undefined): boolean {
    if (!(why instanceof LlmTimeoutError)) return false;
    return this.#wire.bytesRead() === (why.phase === 'idle' ? bytesHeard : bytesBefore);
  }

  #cutIn(ms: number, why: string): Timer {
    return this.#setup.clock.timer(ms, () => this.#wire.cut(this.#closed(why)));
  }

  #closed(why: string): LlmConnectionClosedError {
    return new LlmConnectionClosedError(this.#setup.name, abnormalClosure, why);
  }
}
