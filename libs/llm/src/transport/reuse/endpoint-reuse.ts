/** The settings of a route for servers that do not repeat request ids. */
export const reuseSettings = ['settled', 'never', 'always'] as const;

/**
 * `settled`: a connection serves different callers, each after a quiet period. `never`: one request per connection.
 * `always`: any request, as soon as the previous answer has ended; only for servers that never send unsolicited frames.
 */
export type ReuseSetting = (typeof reuseSettings)[number];

/**
 * How an endpoint's connections are used: a {@link ReuseSetting}; `ids` if every frame repeats the id of its request,
 * so that no quiet period is needed; or `conversation` if a connection belongs to one conversation.
 */
export type ReuseMode = ReuseSetting | 'ids' | 'conversation';

/** The mode of an endpoint, for health reports. */
export interface ReuseState {
  reuse: ReuseMode;
  /** Why the mode changed; undefined while it is the initial one. */
  reuseReason: string | undefined;
}

/** The initial state of an {@link EndpointReuse}. */
export interface ReuseOptions {
  /** The initial mode. Only `settled` can change. */
  mode: ReuseMode;
  /** How long a new connection must be quiet before its first request, in ms; 0: no quiet period. */
  settleMs: number;
  /** How long a connection must be quiet before a request of another caller, in ms. */
  restMs: number;
}

/**
 * The reuse of an endpoint's connections, as learned from its frames. The mode `settled` changes at most twice: to `ids`
 * at the first complete answer that repeats an unguessable id, and permanently to `never` at the first frame that belongs
 * to no request, or that has no id although earlier answers had one.
 */
export class EndpointReuse {
  readonly restMs: number;
  #numbers = 0;
  readonly #onChange: (state: ReuseState) => void;
  #mode: ReuseMode;
  #reason: string | undefined;
  #settleMs: number;
  #isProven = false;
  #hasRepeatedId = false;
  #hasAnsweredWithoutId = false;
  #hasGreeted = false;
  #refusesIds = false;

  constructor({ mode, settleMs, restMs }: ReuseOptions, onChange: (state: ReuseState) => void = () => {}) {
    this.#mode = mode;
    this.#settleMs = settleMs;
    this.restMs = restMs;
    this.#onChange = onChange;
  }

  /** The next number, from 1, for protocols with numeric request ids. Unique among all connections of the endpoint. */
  takeNumber(): number {
    this.#numbers += 1;
    return this.#numbers;
  }

  get mode(): ReuseMode {
    return this.#mode;
  }

  get state(): ReuseState {
    return { reuse: this.#mode, reuseReason: this.#reason };
  }

  /** How long a new connection must be quiet before its first request, in ms. */
  get settleMs(): number {
    const needsNone = this.#mode === 'always' || (this.#mode === 'ids' && !this.#hasGreeted);
    return needsNone ? 0 : this.#settleMs;
  }

  /** Whether a frame is matched to its request by order alone, so that any unsolicited frame ends its connection. */
  get isByOrder(): boolean {
    return this.#mode === 'settled' || this.#mode === 'never' || this.#mode === 'conversation';
  }

  /** Whether any frame has repeated the id of a request. A frame with another id then belongs to another request. */
  get repeatsIds(): boolean {
    return this.#hasRepeatedId;
  }

  /** A frame repeats the id of a request of this client. */
  repeatedId(): void {
    this.#hasRepeatedId = true;
  }

  /** Whether frames without the id of their request are rejected. */
  get requiresIds(): boolean {
    return this.#mode === 'ids' && this.#isProven;
  }

  /**
   * Whether requests contain an id if the protocol has a field for it: until an answer shows that the server does not
   * repeat it.
   */
  get offersIds(): boolean {
    if (this.#mode === 'always') return false;
    return this.#isProven || !(this.#refusesIds || this.#hasAnsweredWithoutId);
  }

  /** Whether connections are opened in advance: not before the first answer shows that the server repeats no ids. */
  get dialsAhead(): boolean {
    return this.#mode === 'never' || (this.#mode === 'settled' && this.#hasAnsweredWithoutId);
  }

  /** An answer has ended. @param repeatsId whether each frame of it had the id of its request */
  answered(repeatsId: boolean): void {
    if (repeatsId) {
      this.#isProven = true;
      if (this.#mode === 'settled') this.#change('ids', 'its answers repeat the request id');
    } else {
      this.#hasAnsweredWithoutId = true;
      this.lacksId();
    }
  }

  /** The server refused a request with an id as invalid: perhaps it rejects unknown keys. */
  requestRefused(): void {
    if (!this.#isProven) this.#refusesIds = true;
  }

  /** A frame lacks an id although answers had ids before: perhaps several servers share the address. */
  lacksId(): void {
    if (this.requiresIds) this.#change('never', 'an answer does not repeat its request id');
  }

  /** A frame arrived while no answer was expected. */
  unexpectedFrame(): void {
    if (this.#mode === 'settled') this.#change('never', 'it sent a frame while no answer was expected');
  }

  /**
   * A frame arrived before the first request of a connection. New connections are then watched for twice as long, up to
   * the rest time, so that the next such frame is not mistaken for an answer.
   * @param quietMs how long the connection had been quiet until then
   */
  greeted(quietMs: number): void {
    this.#hasGreeted = true;
    if (this.#settleMs > 0) this.#settleMs = Math.max(this.#settleMs, Math.min(this.restMs, quietMs * 2));
    this.unexpectedFrame();
  }

  #change(mode: ReuseMode, reason: string): void {
    this.#mode = mode;
    this.#reason = reason;
    this.#onChange(this.state);
  }
}
