import { type Timer } from '../clock.js';
import { LlmFrameError } from '../errors/answer-errors.js';
import { LlmConnectionClosedError, LlmTimeoutError } from '../errors/connection-errors.js';
import { LlmError } from '../errors/llm-error.js';
import { type DecodedFrame, type LlmRequest, type ProtocolError } from '../protocols/protocol.js';
import { type ConnectionSetup } from './dial/connection-setup.js';
import { concernsAnswer, correlationOf, type Correlation } from './correlation.js';
import { abnormalClosure } from './close-error.js';
import { OpenExchange, type Exchange, type ExchangeListener } from './exchange.js';
import { protocolFailure } from './incoming-frame.js';
import { isUniqueRequestId, uniqueRequestId } from './request-id.js';
import { type ConnectionReuse } from './reuse/connection-reuse.js';
import { type ConnectionControl } from './connection-control.js';
import { UnknownFrames } from './unknown-frames.js';
import { ConversationDigest } from './conversation-digest.js';

/** How long a server may take to end a canceled answer before its connection takes no more requests, in milliseconds. */
const stopTimeoutMs = 5_000;

/** Request ids of a connection count up from 1; ids of its other frames count up from here. */
const firstOtherId = 1_000_000_000_000;

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
  #otherIds = 0;
  readonly #unknownFrames: UnknownFrames;

  /** @param capacity most requests at a time */
  constructor(setup: ConnectionSetup, capacity: number, reuse: ConnectionReuse, wire: ConnectionControl) {
    this.#setup = setup;
    this.#reuse = reuse;
    this.#unknownFrames = new UnknownFrames(setup.onUnknownFrame);
    this.#control = wire;
    this.#isShared = capacity > 1;
    this.#correlation = correlationOf(setup, this.#isShared);
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
    return {
      abandon: (why) => this.#abandon(exchange, why),
      get firstUnknown() {
        return exchange.firstUnknown;
      },
    };
  }

  /** Takes an id for a frame that is no request, of the same kind as request ids. */
  nextId(): string {
    const { rules, context, reuse } = this.#setup;
    if (!rules.uniqueIds && !rules.offersIds) return String(reuse.takeNumber());
    // Far from the ids of requests, which count up from 1 on each connection.
    return uniqueRequestId(context.connectionId, firstOtherId + (this.#otherIds += 1));
  }

  /** Delivers a frame to the request that it belongs to. */
  receive(frame: DecodedFrame): void {
    if (isUniqueRequestId(frame.requestId)) this.#setup.reuse.repeatedId();
    if (frame.unknown !== undefined) {
      const isPassedOver = this.#unknownFrames.passOver(frame, [...this.#correlation.all()], this.#count > 0);
      if (!isPassedOver) this.#control.terminate(frame.unknown.error);
      return;
    }
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
      exchange.silence?.cancel();
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
      { ...context, now: clock.date(), nextId: () => this.nextId(), learned, ...ids },
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
      if (event.isFollowedByEnd === true) return this.#failBeforeEnd(exchange, event);
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
      this.#remember(exchange);
    } else if (assembled.text !== '') this.#endAfterSilence(exchange);
    listener?.event(assembled);
  }

  /** Reports an error whose end frame follows. Until then the connection carries no other request by order. */
  #failBeforeEnd(exchange: OpenExchange, error: ProtocolError): void {
    const { listener } = exchange;
    exchange.silence?.cancel();
    exchange.hasFailed = true;
    exchange.listener = undefined;
    if (!this.#stopping.has(exchange)) this.#waitForEnd(exchange);
    // The server remembers the question of this conversation.
    if (this.#setup.rules.reuse === 'conversation') this.#control.retire();
    listener?.event(error);
  }

  #waitForEnd(exchange: OpenExchange): void {
    const { clock } = this.#setup;
    this.#stopping.set(
      exchange,
      clock.timer(stopTimeoutMs, () => this.#stopWaiting(exchange)),
    );
  }

  /** Ends an answer when no further piece arrives, if the protocol does. */
  #endAfterSilence(exchange: OpenExchange): void {
    const { clock, rules } = this.#setup;
    if (rules.silenceEndMs === undefined) return;
    if (exchange.silence !== undefined) return exchange.silence.refresh();
    exchange.silence = clock.timer(rules.silenceEndMs, () => {
      const { assembly, listener, repeatsId } = exchange;
      this.#complete(exchange);
      if (repeatsId) {
        this.#answered(exchange);
        this.#remember(exchange);
      } else {
        // A late piece could not be distinguished from the next answer.
        this.#control.retire();
      }
      listener?.event(assembly.end({ type: 'end' }));
    });
  }

  #remember({ request, assembly, hasFailed }: OpenExchange): void {
    if (this.#setup.rules.reuse === 'conversation' && !hasFailed) {
      this.digest.update(request, assembly.text);
    }
  }

  #answered({ repeatsId }: OpenExchange): void {
    this.#reuse.answered(repeatsId);
    this.#setup.reuse.answered(repeatsId);
  }

  #complete(exchange: OpenExchange): void {
    this.#correlation.end(exchange);
    exchange.silence?.cancel();
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
    exchange.silence?.cancel();
    if (stop !== undefined && this.#setup.rules.cancelEnds) {
      this.#control.write(stop);
      this.#correlation.end(exchange);
      // Without ids, its late pieces could not be distinguished from the next answer.
      const hasIds = exchange.requiresId || (exchange.hasBegun && exchange.repeatsId);
      if (this.#setup.reuse.isByOrder || !hasIds) this.#control.retire();
      return;
    }
    if (stop !== undefined) {
      this.#waitForEnd(exchange);
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
   * The server does not end a canceled or failed answer. The other answers on a shared connection go on; those frames of
   * it that still arrive are dropped.
   */
  #stopWaiting(exchange: OpenExchange): void {
    this.#stopping.delete(exchange);
    if (this.#isShared) this.#control.retire();
    else this.#control.terminate(this.#closed('the server does not end a canceled or failed answer'));
  }

  #closed(why: string): LlmConnectionClosedError {
    return new LlmConnectionClosedError(this.#setup.name, abnormalClosure, why);
  }
}
