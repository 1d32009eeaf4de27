import { type ConnectionSetup } from './dial/connection-setup.js';
import { LlmFrameError } from '../errors/answer-errors.js';
import { LlmConnectionClosedError } from '../errors/connection-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { type DecodedFrame } from '../protocols/protocol.js';
import { abnormalClosure } from './close-error.js';
import { type OpenExchange } from './exchange.js';
import { isUniqueRequestId } from './request-id.js';
import { type EndpointReuse } from './reuse/endpoint-reuse.js';

/** Marks an answer without a frame so far. */
const unseen = Symbol('unseen');

/** Matches frames to the requests in flight. */
export interface Correlation {
  has(exchange: OpenExchange): boolean;
  readonly isEmpty: boolean;
  all(): IterableIterator<OpenExchange>;
  begin(exchange: OpenExchange): void;
  end(exchange: OpenExchange): void;
  /**
   * The request that a frame belongs to. Undefined: it belongs to none and is dropped. An error: this frame and all later
   * ones are unreliable, so that the connection must end.
   */
  exchangeFor(frame: DecodedFrame): OpenExchange | LlmError | undefined;
}

/** Whether a frame contains anything of an answer, so that it must be matched to a request. */
export function concernsAnswer({ event, facts, learned, next }: DecodedFrame): boolean {
  return event !== undefined || facts !== undefined || learned !== undefined || next !== undefined;
}

/** The requests in flight, by request id. */
abstract class ExchangeTable {
  protected readonly open = new Map<string, OpenExchange>();

  has({ id }: OpenExchange): boolean {
    return this.open.has(id);
  }

  get isEmpty(): boolean {
    return this.open.size === 0;
  }

  all(): IterableIterator<OpenExchange> {
    return this.open.values();
  }

  protected get first(): OpenExchange | undefined {
    return this.open.values().next().value;
  }
}

/** Matches frames by order: with one request at a time, every frame belongs to it unless its id shows otherwise. */
export class OrderCorrelation extends ExchangeTable implements Correlation {
  readonly #ownIds: string;
  #begun = 0;
  #answerId: string | undefined | typeof unseen = unseen;
  #usesIds: boolean | undefined;
  #previousId: string | undefined;
  readonly #name: string;
  readonly #reuse: EndpointReuse;

  /**
   * @param name the endpoint's URL without secrets
   * @param connectionId the prefix of all request ids on this connection
   */
  constructor(name: string, connectionId: string, reuse: EndpointReuse) {
    super();
    this.#name = name;
    this.#reuse = reuse;
    this.#ownIds = `${connectionId}-`;
  }

  begin(exchange: OpenExchange): void {
    this.open.set(exchange.id, exchange);
    this.#begun += 1;
    if (this.#answerId !== unseen) this.#previousId = this.#answerId;
    this.#answerId = unseen;
  }

  end(exchange: OpenExchange): void {
    this.open.delete(exchange.id);
  }

  exchangeFor(frame: DecodedFrame): OpenExchange | LlmError | undefined {
    const { requestId, event } = frame;
    const exchange = this.first;
    if (requestId !== undefined && requestId === exchange?.context.requestId) return exchange;
    const requiresId = exchange?.requiresId ?? this.#reuse.requiresIds;
    const isOurs = requestId?.startsWith(this.#ownIds) === true;
    if (isOurs ? requiresId : isUniqueRequestId(requestId)) return undefined;
    if (exchange === undefined) {
      // Frames before the first request are a greeting. After the end of an answer they may belong to any request.
      if (event === undefined || this.#begun === 0) return undefined;
      return new LlmFrameError('it came after the end of the answer');
    }
    if (requestId !== undefined && exchange.context.requestId !== undefined && this.#reuse.repeatsIds) {
      // The server repeats request ids, so it creates none of its own: this frame belongs to another request.
      return event === undefined ? undefined : new LlmFrameError('it belongs to another request');
    }
    if (requiresId) return this.#withoutId(frame);
    if (concernsAnswer(frame)) exchange.repeatsId = false;
    if (event === undefined) return exchange;
    const isPlainError = event.type === 'error' && requestId === undefined;
    return isPlainError ? exchange : (this.#mismatch(requestId) ?? exchange);
  }

  /** An error may concern the connection; any other frame shows that the server no longer repeats the id. */
  #withoutId({ event }: DecodedFrame): LlmError | undefined {
    if (event === undefined) return undefined;
    if (event.type === 'error') return event.error;
    this.#reuse.lacksId();
    return new LlmConnectionClosedError(
      this.#name,
      abnormalClosure,
      'an answer does not repeat its request_id',
    );
  }

  /**
   * Some servers add ids of their own. Then all frames of an answer have the same id, different from that of the previous
   * answer, or no frame of the connection has one. Any other frame belongs to another request.
   */
  #mismatch(requestId: string | undefined): LlmError | undefined {
    if (requestId !== undefined && (requestId === this.#previousId || requestId.startsWith(this.#ownIds))) {
      // A late frame, or a server that gives all its answers the same id: on a new connection the first answer is certain.
      const detail = 'an answer has the id of the previous one';
      return new LlmConnectionClosedError(this.#name, abnormalClosure, detail);
    }
    if (this.#answerId === unseen) {
      this.#answerId = requestId;
      this.#usesIds ??= requestId !== undefined;
    }
    if (this.#answerId === requestId && this.#usesIds === (requestId !== undefined)) return undefined;
    return new LlmFrameError('it belongs to another request');
  }
}

/**
 * Matches the frames of several requests by the request id that each frame must repeat, even while only one request is in
 * flight: a frame without it could belong to an abandoned answer.
 */
export class EchoCorrelation extends ExchangeTable implements Correlation {
  #begun = 0;

  begin(exchange: OpenExchange): void {
    this.open.set(exchange.id, exchange);
    this.#begun += 1;
  }

  end(exchange: OpenExchange): void {
    this.open.delete(exchange.id);
  }

  exchangeFor({ requestId, event }: DecodedFrame): OpenExchange | LlmError | undefined {
    if (requestId !== undefined) return this.open.get(requestId);
    if (event === undefined || this.#begun === 0) return undefined;
    return event.type === 'error' ? event.error : new LlmFrameError('it has no request_id');
  }
}

/**
 * Matches frames by request id, or by the server's answer id once a frame has contained both. An error without an id
 * belongs to no request and ends none; any other frame without an id belongs to the only request in flight.
 */
export class IdCorrelation extends ExchangeTable implements Correlation {
  readonly #byAnswer = new Map<string, OpenExchange>();
  /** An answer was abandoned before its answer id was known: a new answer id may belong to it. */
  #hasUnknownAnswer = false;
  #lastAnswerId: string | undefined;
  readonly #reuse: EndpointReuse;

  readonly #name: string;

  /** @param name the endpoint's URL without secrets */
  constructor(name: string, reuse: EndpointReuse) {
    super();
    this.#name = name;
    this.#reuse = reuse;
  }

  begin(exchange: OpenExchange): void {
    this.open.set(exchange.id, exchange);
  }

  end(exchange: OpenExchange): void {
    const { answerId } = exchange.context;
    if (answerId === undefined) this.#hasUnknownAnswer ||= exchange.listener === undefined;
    else this.#byAnswer.delete(answerId);
    this.#lastAnswerId = answerId ?? this.#lastAnswerId;
    this.open.delete(exchange.id);
  }

  exchangeFor(frame: DecodedFrame): OpenExchange | LlmError | undefined {
    const { requestId, answerId, event } = frame;
    if (requestId !== undefined) {
      const exchange = this.open.get(requestId);
      if (exchange !== undefined && answerId !== undefined) this.#rememberAnswerId(exchange, answerId);
      return exchange;
    }
    if (answerId !== undefined) return this.#byAnswer.get(answerId) ?? this.#assignAnswerId(answerId);
    if (event?.type === 'error' || this.open.size !== 1) return undefined;
    if (!concernsAnswer(frame)) return this.first;
    if (this.first!.requiresId) return this.#withoutId(frame);
    this.first!.repeatsId = false;
    return this.first;
  }

  #withoutId({ event }: DecodedFrame): LlmError | undefined {
    if (event === undefined) return undefined;
    this.#reuse.lacksId();
    return new LlmConnectionClosedError(this.#name, abnormalClosure, 'an answer has no request id');
  }

  /** Assigns a new answer id to the only request in flight, for servers that do not repeat request ids. */
  #assignAnswerId(answerId: string): OpenExchange | undefined {
    const exchange = this.first;
    if (exchange === undefined || this.open.size > 1 || exchange.context.answerId !== undefined)
      return undefined;
    if (this.#hasUnknownAnswer || exchange.requiresId || answerId === this.#lastAnswerId) return undefined;
    exchange.repeatsId = false;
    this.#rememberAnswerId(exchange, answerId);
    return exchange;
  }

  #rememberAnswerId(exchange: OpenExchange, answerId: string): void {
    exchange.context.answerId = answerId;
    this.#byAnswer.set(answerId, exchange);
  }
}

/** How frames of a connection are matched to its requests. @param isShared whether it carries several requests at a time */
export function correlationOf(
  { rules, name, reuse, context }: ConnectionSetup,
  isShared: boolean,
): Correlation {
  if (rules.correlation === 'ids') return new IdCorrelation(name, reuse);
  if (isShared) return new EchoCorrelation();
  return new OrderCorrelation(name, context.connectionId, reuse);
}
