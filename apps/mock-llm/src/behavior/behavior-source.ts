import {
  type Behavior,
  checkBehavior,
  DEFAULT_BEHAVIOR,
  HANDSHAKE_SETTINGS,
  type HandshakeBehavior,
  type RequestBehavior,
} from './behavior.js';

/** A change of behavior for the next `left` events. */
interface LimitedChange {
  readonly change: Partial<Behavior>;
  left: number;
}

/** Most limited changes that are queued. */
const MAX_CHANGES = 10_000;

/**
 * Determines the behavior for the next connection and the next request. Changes for a limited number of events are queued
 * in order; handshake settings apply to the next handshakes, the others to the next requests.
 */
export class BehaviorSource {
  readonly #initial: Behavior;
  #current: Behavior;
  #handshakeChanges: LimitedChange[] = [];
  #requestChanges: LimitedChange[] = [];

  /** @throws InvalidBehaviorError */
  constructor(initial: Partial<Behavior> = {}) {
    this.#initial = Object.freeze({ ...DEFAULT_BEHAVIOR, ...checkBehavior(initial) });
    this.#current = this.#initial;
  }

  /** The behavior without limited changes. */
  get current(): Behavior {
    return this.#current;
  }

  /** Changes the behavior from now on. @throws InvalidBehaviorError */
  merge(change: Partial<Behavior>): void {
    this.#current = Object.freeze({ ...this.#current, ...checkBehavior(change) });
  }

  /** Changes the behavior for the next `count` events after those of earlier limited changes. @throws InvalidBehaviorError, RangeError */
  once(change: Partial<Behavior>, count = 1): void {
    if (!Number.isInteger(count) || count < 1)
      throw new RangeError('count: must be a whole number of at least 1');
    const entries = Object.entries(checkBehavior(change));
    const isHandshake = ([name]: [string, unknown]) => Object.hasOwn(HANDSHAKE_SETTINGS, name);
    const handshake = entries.filter(isHandshake);
    const request = entries.filter((entry) => !isHandshake(entry));
    if (handshake.length > 0)
      push(this.#handshakeChanges, { change: Object.fromEntries(handshake), left: count });
    // An empty change queues ordinary behavior, as in "two good answers, then a bad one".
    if (request.length > 0 || entries.length === 0) {
      push(this.#requestChanges, { change: Object.fromEntries(request), left: count });
    }
  }

  /** Restores the initial behavior and drops limited changes. */
  reset(): void {
    this.#current = this.#initial;
    this.#handshakeChanges = [];
    this.#requestChanges = [];
  }

  /** The behavior of a new connection; consumes a limited change. */
  nextHandshake(): HandshakeBehavior & Pick<RequestBehavior, 'retryAfter'> {
    return this.#take(this.#handshakeChanges);
  }

  /** The behavior of a new request; consumes a limited change. */
  nextRequest(): RequestBehavior {
    return this.#take(this.#requestChanges);
  }

  #take(queue: LimitedChange[]): Behavior {
    const [change] = queue;
    if (change === undefined) return this.#current;
    change.left -= 1;
    if (change.left === 0) queue.shift();
    return { ...this.#current, ...change.change };
  }
}

function push(queue: LimitedChange[], change: LimitedChange): void {
  if (queue.length >= MAX_CHANGES)
    throw new RangeError(`More than ${MAX_CHANGES} limited changes are waiting.`);
  queue.push(change);
}
