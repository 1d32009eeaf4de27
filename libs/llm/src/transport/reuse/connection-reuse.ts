import { type LlmRequest } from '../../protocols/protocol.js';
import { type EndpointReuse } from './endpoint-reuse.js';

/** Whose request it is, as far as the reuse of a connection is concerned. */
interface Asker {
  owner: string | undefined;
  conversationId: string | undefined;
}

/**
 * Decides which request one connection may carry next. Where frames carry no ids, a frame that a server sends too much
 * looks like the answer to the next request. So a connection changes its asker only after a quiet rest time, and never
 * again once an answer began before the connection had been quiet for so long: such an answer may have been a frame of
 * before, and then every later one is one request behind.
 */
export class ConnectionReuse {
  /** When the connection opened, the last answer ended, or the last frame came that nobody had asked for. */
  #quietSince: number;
  #asker: Asker | undefined;
  #isBound = false;

  /** @param now in ms, on the time line of all other calls */
  constructor(
    private readonly endpoint: EndpointReuse,
    private readonly now: () => number,
  ) {
    this.#quietSince = now();
  }

  /** Whether it has carried a request. */
  get isUsed(): boolean {
    return this.#asker !== undefined;
  }

  /** Whether it may carry a request of anyone. */
  get isReady(): boolean {
    return this.readyInMs === 0;
  }

  /** When it may carry a request of anyone, in ms from now; Infinity: never. */
  get readyInMs(): number {
    const { mode } = this.endpoint;
    if (mode === 'always' || mode === 'ids' || mode === 'conversation') return 0;
    if (!this.isUsed) return this.settlesInMs;
    return mode === 'never' || this.#isBound ? Infinity : this.#restsForMs;
  }

  /** For how long a new connection has yet to be quiet before it may be used, in ms; 0 when it has been used. */
  get settlesInMs(): number {
    const { settleMs } = this.endpoint;
    return settleMs === 0 || this.isUsed ? 0 : Math.max(0, this.#quietSince + settleMs - this.now());
  }

  /** When it is of no use any more, unless a request comes that {@link mayFollow}, in ms from now; Infinity: never. */
  get spentInMs(): number {
    const { mode } = this.endpoint;
    if (mode === 'never') return this.isUsed ? 0 : Infinity;
    return mode === 'settled' && this.#isBound ? this.#restsForMs : Infinity;
  }

  /** Whether a request is of the same conversation and owner as the one before, and may use the connection at once. */
  mayFollow({ owner, conversationId }: LlmRequest): boolean {
    return (
      this.endpoint.mode === 'settled' &&
      this.#asker !== undefined &&
      conversationId !== undefined &&
      this.#asker.conversationId === conversationId &&
      this.#asker.owner === owner
    );
  }

  began({ owner, conversationId }: LlmRequest): void {
    this.#asker = { owner, conversationId };
  }

  /** The first frame of an answer came. */
  answerBegan(): void {
    if (this.#restsForMs > 0) this.#isBound = true;
  }

  /** @param isNamed whether each frame of the answer had the id of its request, so that it is certainly its own */
  answered(isNamed: boolean): void {
    if (isNamed) this.#isBound = false;
    if (this.endpoint.isByOrder) this.#quietSince = this.now();
  }

  /** A frame came although no answer was awaited. */
  unexpectedFrame(): void {
    const now = this.now();
    if (this.isUsed) this.endpoint.unexpectedFrame();
    else this.endpoint.greeted(now - this.#quietSince);
    this.#quietSince = now;
  }

  get #restsForMs(): number {
    return Math.max(0, this.#quietSince + this.endpoint.restMs - this.now());
  }
}
