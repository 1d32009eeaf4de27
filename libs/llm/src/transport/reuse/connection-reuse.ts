import { type LlmRequest } from '../../protocols/protocol.js';
import { type EndpointReuse } from './endpoint-reuse.js';

/** Identifies a caller, as far as the reuse of a connection is concerned. */
interface Caller {
  owner: string | undefined;
  conversationId: string | undefined;
}

/**
 * Decides which request one connection may carry next. Without ids, an unsolicited frame looks like the answer to the
 * next request. So a connection serves another caller only after it has been quiet for the rest time, and never again if
 * an answer began before that: such an answer may have been a late frame, so that each later answer would belong to the
 * previous request.
 */
export class ConnectionReuse {
  /** When the connection opened, the last answer ended, or the last unsolicited frame arrived. */
  #quietSince: number;
  #caller: Caller | undefined;
  /** Whether only the conversation that it has carried may use it again. */
  #isExclusive = false;
  readonly #endpoint: EndpointReuse;
  readonly #now: () => number;

  /** @param now in ms, monotonic */
  constructor(endpoint: EndpointReuse, now: () => number) {
    this.#endpoint = endpoint;
    this.#now = now;
    this.#quietSince = now();
  }

  /** Whether it has carried a request. */
  get isUsed(): boolean {
    return this.#caller !== undefined;
  }

  /** Whether it may carry a request of any caller. */
  get isReady(): boolean {
    return this.readyInMs === 0;
  }

  /** Milliseconds until it may carry a request of any caller; Infinity: never. */
  get readyInMs(): number {
    const { mode } = this.#endpoint;
    if (mode === 'always' || mode === 'ids' || mode === 'conversation') return 0;
    if (!this.isUsed) return this.settlesInMs;
    return mode === 'never' || this.#isExclusive ? Infinity : this.#restsForMs;
  }

  /** How much longer a new connection must be quiet before its first request, in ms; 0 once it has been used. */
  get settlesInMs(): number {
    const { settleMs } = this.#endpoint;
    return settleMs === 0 || this.isUsed ? 0 : Math.max(0, this.#quietSince + settleMs - this.#now());
  }

  /** Milliseconds until it becomes unusable, except for a request that {@link mayFollow}; Infinity: never. */
  get unusableInMs(): number {
    const { mode } = this.#endpoint;
    if (mode === 'never') return this.isUsed ? 0 : Infinity;
    return mode === 'settled' && this.#isExclusive ? this.#restsForMs : Infinity;
  }

  /**
   * Whether a request has the same conversation and owner as the previous one, and may therefore use the connection
   * immediately.
   */
  mayFollow({ owner, conversationId }: LlmRequest): boolean {
    return (
      this.#endpoint.mode === 'settled' &&
      this.#caller !== undefined &&
      conversationId !== undefined &&
      this.#caller.conversationId === conversationId &&
      this.#caller.owner === owner
    );
  }

  /** A request was sent. */
  began({ owner, conversationId }: LlmRequest): void {
    this.#caller = { owner, conversationId };
  }

  /** The first frame of an answer arrived. */
  answerBegan(): void {
    if (this.#restsForMs > 0) this.#isExclusive = true;
  }

  /**
   * The answer has ended.
   * @param repeatsId whether each frame of it had the id of its request, so that it certainly belongs to that request
   */
  answered(repeatsId: boolean): void {
    if (repeatsId) this.#isExclusive = false;
    if (this.#endpoint.isByOrder) this.#quietSince = this.#now();
  }

  /** A frame arrived while no answer was expected. */
  unexpectedFrame(): void {
    const now = this.#now();
    if (this.isUsed) this.#endpoint.unexpectedFrame();
    else this.#endpoint.greeted(now - this.#quietSince);
    this.#quietSince = now;
  }

  get #restsForMs(): number {
    return Math.max(0, this.#quietSince + this.#endpoint.restMs - this.#now());
  }
}
