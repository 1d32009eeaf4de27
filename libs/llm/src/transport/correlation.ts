import { LlmFrameError } from '../errors/answer-errors.js';
import { LlmConnectionClosedError } from '../errors/connection-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { type DecodedFrame } from '../protocols/protocol.js';
import { abnormalClosure } from './close-error.js';
import { type OpenExchange } from './exchange.js';
import { isUniqueRequestId } from './request-id.js';
import { type EndpointReuse } from './reuse/endpoint-reuse.js';

/** Of an answer that no frame has come of yet. */
const unseen = Symbol('unseen');

/** Knows whose answer a frame belongs to. */
export interface Correlation {
  has(exchange: OpenExchange): boolean;
  readonly isEmpty: boolean;
  all(): IterableIterator<OpenExchange>;
  begin(exchange: OpenExchange): void;
  end(exchange: OpenExchange): void;
  /**
   * Undefined: it belongs to no request here and is dropped. An error: this frame and all later ones are unreliable.
   */
  whose(frame: DecodedFrame): OpenExchange | LlmError | undefined;
}

/** Whether a frame contains anything of an answer, so that it must be matched to a request. */
export function concernsAnswer({ event, facts, learned, next }: DecodedFrame): boolean {
  return event !== undefined || facts !== undefined || learned !== undefined || next !== undefined;
}

abstract class Table {
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

/** One request at a time: there is no doubt, as long as the server does not send what belongs to another one. */
export class OrderCorrelation extends Table implements Correlation {
  readonly #ownIds: string;
  #begun = 0;
  #idOfAnswer: string | undefined | typeof unseen = unseen;
  #usesIds: boolean | undefined;
  #idBefore: string | undefined;
  readonly #name: string;
  readonly #reuse: EndpointReuse;

  /**
   * @param name the endpoint as it may be shown
   * @param connectionId what the ids of all requests on this connection begin with
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
    if (this.#idOfAnswer !== unseen) this.#idBefore = this.#idOfAnswer;
    this.#idOfAnswer = unseen;
  }

  end(exchange: OpenExchange): void {
    this.open.delete(exchange.id);
  }

  whose(frame: DecodedFrame): OpenExchange | LlmError | undefined {
    const { requestId, event } = frame;
    const exchange = this.first;
    if (requestId !== undefined && requestId === exchange?.context.requestId) return exchange;
    const requiresId = exchange?.requiresId ?? this.#reuse.requiresIds;
    const isOurs = requestId?.startsWith(this.#ownIds) === true;
    if (isOurs ? requiresId : isUniqueRequestId(requestId)) return undefined;
    if (exchange === undefined) {
      // What a server says before it was asked is a greeting. After the end of an answer it could be anybody's.
      if (event === undefined || this.#begun === 0) return undefined;
      return new LlmFrameError('it came after the end of the answer');
    }
    if (requestId !== undefined && exchange.context.requestId !== undefined && this.#reuse.repeatsIds) {
      // The server repeats our ids, so it does not name answers by itself: this is the answer to another request.
      return event === undefined ? undefined : new LlmFrameError('it belongs to another request');
    }
    if (requiresId) return this.#withoutId(frame);
    if (concernsAnswer(frame)) exchange.isNamed = false;
    if (event === undefined) return exchange;
    const isPlainError = event.type === 'error' && requestId === undefined;
    return isPlainError ? exchange : (this.#doubtOf(requestId) ?? exchange);
  }

  /** An error may concern anything; any other frame shows that the server no longer repeats the id. */
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
   * Some servers name every answer without being asked to. Then all frames of an answer carry the same id, another one
   * than the answer before, or none of the connection's frames does: what breaks that rule is somebody else's.
   */
  #doubtOf(requestId: string | undefined): LlmError | undefined {
    if (requestId !== undefined && (requestId === this.#idBefore || requestId.startsWith(this.#ownIds))) {
      // Late, or from a server that gives all its answers one name: on a new connection there is no doubt again.
      const detail = 'an answer goes by the name of the one before';
      return new LlmConnectionClosedError(this.#name, abnormalClosure, detail);
    }
    if (this.#idOfAnswer === unseen) {
      this.#idOfAnswer = requestId;
      this.#usesIds ??= requestId !== undefined;
    }
    if (this.#idOfAnswer === requestId && this.#usesIds === (requestId !== undefined)) return undefined;
    return new LlmFrameError('it belongs to another request');
  }
}

/**
 * Several requests at a time, each by the name that every frame of its answer has to repeat, also while only one is in
 * flight: a frame without it could belong to an answer that was given up before.
 */
export class EchoCorrelation extends Table implements Correlation {
  #begun = 0;

  begin(exchange: OpenExchange): void {
    this.open.set(exchange.id, exchange);
    this.#begun += 1;
  }

  end(exchange: OpenExchange): void {
    this.open.delete(exchange.id);
  }

  whose({ requestId, event }: DecodedFrame): OpenExchange | LlmError | undefined {
    if (requestId !== undefined) return this.open.get(requestId);
    if (event === undefined || this.#begun === 0) return undefined;
    return event.type === 'error' ? event.error : new LlmFrameError('it names no request_id');
  }
}

/**
 * By our name for the request, or by the server's for its answer, once a frame has told the one beside the other. An
 * error without a name belongs to no request and ends none; what else has no name is of the only answer there is.
 */
export class NameCorrelation extends Table implements Correlation {
  readonly #byAnswer = new Map<string, OpenExchange>();
  /** An answer was given up before its name was known: a name not seen before may be that one's. */
  #isDoubtful = false;
  #lastOver: string | undefined;
  readonly #reuse: EndpointReuse;

  readonly #name: string;

  /** @param name the endpoint as it may be shown */
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
    if (answerId === undefined) this.#isDoubtful ||= exchange.listener === undefined;
    else this.#byAnswer.delete(answerId);
    this.#lastOver = answerId ?? this.#lastOver;
    this.open.delete(exchange.id);
  }

  whose(frame: DecodedFrame): OpenExchange | LlmError | undefined {
    const { requestId, answerId, event } = frame;
    if (requestId !== undefined) {
      const exchange = this.open.get(requestId);
      if (exchange !== undefined && answerId !== undefined) this.#rememberAnswerId(exchange, answerId);
      return exchange;
    }
    if (answerId !== undefined) return this.#byAnswer.get(answerId) ?? this.#adopt(answerId);
    if (event?.type === 'error' || this.open.size !== 1) return undefined;
    if (!concernsAnswer(frame)) return this.first;
    if (this.first!.requiresId) return this.#withoutId(frame);
    this.first!.isNamed = false;
    return this.first;
  }

  #withoutId({ event }: DecodedFrame): LlmError | undefined {
    if (event === undefined) return undefined;
    this.#reuse.lacksId();
    return new LlmConnectionClosedError(this.#name, abnormalClosure, 'an answer has no request id');
  }

  /** Not every server repeats our name: where only one answer can be meant, that one is. */
  #adopt(answerId: string): OpenExchange | undefined {
    const exchange = this.first;
    if (exchange === undefined || this.open.size > 1 || exchange.context.answerId !== undefined)
      return undefined;
    if (this.#isDoubtful || exchange.requiresId || answerId === this.#lastOver) return undefined;
    exchange.isNamed = false;
    this.#rememberAnswerId(exchange, answerId);
    return exchange;
  }

  #rememberAnswerId(exchange: OpenExchange, answerId: string): void {
    exchange.context.answerId = answerId;
    this.#byAnswer.set(answerId, exchange);
  }
}
