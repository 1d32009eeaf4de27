import { type Timer } from '../clock.js';
import { LlmFrameError } from '../errors/answer-errors.js';
import { LlmConnectionClosedError, LlmTimeoutError } from '../errors/connection-errors.js';
import { LlmError } from '../errors/llm-error.js';
import { type DecodedFrame, type Learned, type LlmRequest } from '../protocols/protocol.js';
import { type ConnectionSetup } from './dial/connection-setup.js';
import {
  concernsAnswer,
  EchoCorrelation,
  IdCorrelation,
  OrderCorrelation,
  type Correlation,
} from './correlation.js';
import { abnormalClosure } from './close-error.js';
import { OpenExchange, type Exchange, type ExchangeListener } from './exchange.js';
import { protocolFailure } from './incoming-frame.js';
import { isUniqueRequestId, uniqueRequestId } from './request-id.js';
import { type ConnectionReuse } from './reuse/connection-reuse.js';
import { ConversationDigest } from './conversation-digest.js';

/** How long a server may take to end a canceled answer before its connection takes no more requests, in milliseconds. */
const stopTimeoutMs = 5_000;

/** What the requests in flight need from their connection. */
export interface ConnectionControl {
  isOpen: () => boolean;
  /** Bytes received since the connection was opened. */
  bytesRead: () => number;
  /** Values that the protocol's handshake has saved. */
  readonly learned: Learned;
  /** Sends one frame or several. */
  write: (frames: string | readonly string[]) => void;
  /** Ends the connection immediately: its further frames would be unreliable. */
  terminate: (error: LlmError) => void;
  /** Takes no more requests; closes the connection when those in flight have ended. */
  retire: () => void;
  /** The server has ended an abandoned answer, so that the connection can take another request. */
  onCapacity: () => void;
}

/** The requests in flight on one connection: delivers each frame to its request, and abandons requests. */
export class Exchanges {
  /** Identifies the conversation that the next request can continue without sending its history. */
  readonly digest = new ConversationDigest();
  readonly #setup: ConnectionSetup;
  readonly #control: ConnectionControl;
  readonly #isShared: boolean;
  readonly #correlation: Correlation;
  readonly #reuse: ConnectionReuse;
  /** Abandoned answers that the server has not ended yet. */
  readonly #stopping = new Map<OpenExchange, Timer>();
  #count = 0;

  /** @param capacity most requests at a time */
  constructor(setup: ConnectionSetup, capacity: number, reuse: ConnectionReuse, wire: ConnectionControl) {
    this.#setup = setup;
    this.#reuse = reuse;
    this.#control = wire;
    this.#isShared = capacity > 1;
    this.#correlation = this.#createCorrelation();
  }

  /** Number of abandoned answers that the server has not ended yet; each takes capacity. */
  get stopping(): number {
    return this.#stopping.size;
  }

  /**
   * Sends a request on the open connection. Throws, and changes nothing, if the request cannot be encoded.
   */
  send(request: LlmRequest, listener: ExchangeListener): Exchange {
    const exchange = this.#open(request, listener);
    const outgoing = this.digest.matches(request) ? { ...request, history: [] } : request;
    const frames = this.#setup.protocol.encode(outgoing, exchange.context);
    this.digest.clear();
    this.#correlation.begin(exchange);
    this.#reuse.began(request);
    this.#control.write(frames);
    return { abandon: (why) => this.#abandon(exchange, why) };
  }

  /** Delivers a frame to the request that it belongs to. */
  receive(frame: DecodedFrame): void {
    if (isUniqueRequestId(frame.requestId)) this.#setup.reuse.repeatedId();
    if (this.#correlation.isEmpty && concernsAnswer(frame) && this.#receiveUnexpected(frame)) return;
    const exchange = this.#correlation.exchangeFor(frame);
    if (exchange instanceof LlmError) this.#control.terminate(exchange);
    else if (exchange !== undefined) this.#deliver(exchange, frame);
  }

  /**
   * Ends all requests, because the connection has ended.
   * @param isEnd whether the protocol ends answers in this way
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

  /** Handles a frame while no answer is expected. @returns whether it needs no further handling */
  #receiveUnexpected({ requestId }: DecodedFrame): boolean {
    const { rules, reuse } = this.#setup;
    const { isByOrder } = reuse;
    const isEarly = this.#count === 0;
    // With the id of a completed request or of another connection it cannot be mistaken for the next answer.
    if (isUniqueRequestId(requestId)) return true;
    if (isByOrder && rules.correlation === 'ids' && requestId !== undefined) return true;
    if (isByOrder || isEarly) this.#reuse.unexpectedFrame();
    if (!isByOrder) return false;
    if (!isEarly) this.#control.terminate(new LlmFrameError('it came after the end of the answer'));
    return true;
  }

  #createCorrelation(): Correlation {
    const { rules, name, reuse, context } = this.#setup;
    if (rules.correlation === 'ids') return new IdCorrelation(name, reuse);
    if (this.#isShared) return new EchoCorrelation();
    return new OrderCorrelation(name, context.connectionId, reuse);
  }

  #open(request: LlmRequest, listener: ExchangeListener): OpenExchange {
    const { rules, context, clock, reuse } = this.#setup;
    const { learned } = this.#control;
    this.#count += 1;
    // On shared connections, too: a server may keep the requests of all its connections in one table, by id.
    const isUnique = rules.uniqueIds || rules.offersIds;
    const id = isUnique ? uniqueRequestId(context.connectionId, this.#count) : String(reuse.takeNumber());
    const sendsId = rules.correlation === 'ids' || this.#isShared || (rules.offersIds && reuse.offersIds);
    const ids = sendsId ? { requestId: id } : {};
    return new OpenExchange(
      id,
      request,
      { ...context, now: clock.date(), learned, ...ids },
      listener,
      this.#control.bytesRead(),
      reuse.requiresIds,
    );
  }

  #deliver(exchange: OpenExchange, { event, facts, learned, next }: DecodedFrame): void {
    const { assembly, context, listener, request } = exchange;
    if (this.#isShared) exchange.bytesAtLastFrame = this.#control.bytesRead();
    if (!exchange.hasBegun && (event !== undefined || facts !== undefined)) {
      exchange.hasBegun = true;
      this.#reuse.answerBegan();
    }
    if (learned !== undefined) context.learned = { ...context.learned, ...learned };
    if (facts !== undefined) assembly.addFacts(facts);
    if (next !== undefined && listener !== undefined) {
      try {
        this.#control.write(next(request, context));
      } catch (cause) {
        this.#control.terminate(protocolFailure(cause));
      }
    }
    if (event === undefined) return;
    if (event.type === 'error') {
      this.#complete(exchange);
      if (exchange.repeatsId) this.#answered(exchange);
      else if (event.error.scope === 'never') this.#setup.reuse.requestRefused();
      // A frame after the error, such as a late end, could not be distinguished from the next answer.
      if (this.#setup.reuse.isByOrder) this.#control.retire();
      listener?.event(event);
      return;
    }
    const assembled = assembly.add(event);
    if (assembled.type === 'end') {
      this.#complete(exchange);
      this.#answered(exchange);
      if (this.#setup.rules.reuse === 'conversation') this.digest.update(request, assembly.text);
    }
    listener?.event(assembled);
  }

  #answered({ repeatsId }: OpenExchange): void {
    this.#reuse.answered(repeatsId);
    this.#setup.reuse.answered(repeatsId);
  }

  #complete(exchange: OpenExchange): void {
    this.#correlation.end(exchange);
    const timer = this.#stopping.get(exchange);
    if (timer === undefined) return;
    timer.cancel();
    this.#stopping.delete(exchange);
    this.#control.onCapacity();
  }

  #abandon(exchange: OpenExchange, why: LlmError | undefined): void {
    if (exchange.listener === undefined || !this.#correlation.has(exchange)) return;
    const stop = this.#control.isOpen()
      ? this.#setup.protocol.cancel?.(exchange.request, exchange.context)
      : undefined;
    exchange.listener = undefined;
    if (stop !== undefined) {
      this.#stopping.set(
        exchange,
        this.#setup.clock.timer(stopTimeoutMs, () => this.#stopWaiting(exchange)),
      );
      this.#control.write(stop);
      if (this.#setup.reuse.isByOrder) this.#control.retire();
      return;
    }
    this.#correlation.end(exchange);
    if (!this.#isShared) {
      this.#control.terminate(this.#closed('an answer was abandoned'));
    } else if (this.#mayBeDead(exchange, why)) {
      // Other requests in flight may still show that the connection works.
      this.#control.retire();
      if (this.#correlation.isEmpty) this.#control.terminate(this.#closed('no byte arrived'));
    }
  }

  /** Whether a request timed out without a byte received: the connection may be dead although it is still open. */
  #mayBeDead({ bytesBefore, bytesAtLastFrame }: OpenExchange, why: LlmError | undefined): boolean {
    if (!(why instanceof LlmTimeoutError)) return false;
    return this.#control.bytesRead() === (why.phase === 'idle' ? bytesAtLastFrame : bytesBefore);
  }

  /**
   * The server does not end a canceled answer. The other answers on a shared connection go on; those frames of the
   * canceled one that still arrive are dropped.
   */
  #stopWaiting(exchange: OpenExchange): void {
    this.#stopping.delete(exchange);
    if (this.#isShared) this.#control.retire();
    else this.#control.terminate(this.#closed('the server does not end a canceled answer'));
  }

  #closed(why: string): LlmConnectionClosedError {
    return new LlmConnectionClosedError(this.#setup.name, abnormalClosure, why);
  }
}
