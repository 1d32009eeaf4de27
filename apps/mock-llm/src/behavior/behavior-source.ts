import {
  type Behavior,
  checkBehavior,
  DEFAULT_BEHAVIOR,
  HANDSHAKE_SETTINGS,
  type HandshakeBehavior,
  type RequestBehavior,
} from './behavior.js';

/** A change that holds for the next `left` events only. */
interface Turn {
  readonly change: Partial<Behavior>;
  left: number;
}

/** Bound on changes waiting for their turn. */
const MAX_TURNS = 10_000;

/**
 * Says which behavior the next connection and the next request get. Changes for a limited number of turns are
 * taken first come, first served; handshake settings among them wait for handshakes, the others for requests.
 */
export class BehaviorSource {
  readonly #initial: Behavior;
  #current: Behavior;
  #handshakeTurns: Turn[] = [];
  #requestTurns: Turn[] = [];

  /** @throws InvalidBehaviorError */
  constructor(initial: Partial<Behavior> = {}) {
    this.#initial = Object.freeze({ ...DEFAULT_BEHAVIOR, ...checkBehavior(initial) });
    this.#current = this.#initial;
  }

  /** What holds when no limited change is waiting. */
  get current(): Behavior {
    return this.#current;
  }

  /** From now on. @throws InvalidBehaviorError */
  merge(change: Partial<Behavior>): void {
    this.#current = Object.freeze({ ...this.#current, ...checkBehavior(change) });
  }

  /** For the next `count` events, after the limited changes already waiting. @throws InvalidBehaviorError, RangeError */
  once(change: Partial<Behavior>, count = 1): void {
    if (!Number.isInteger(count) || count < 1)
      throw new RangeError('count: must be a whole number of at least 1');
    const entries = Object.entries(checkBehavior(change));
    const isHandshake = ([name]: [string, unknown]) => Object.hasOwn(HANDSHAKE_SETTINGS, name);
    const handshake = entries.filter(isHandshake);
    const request = entries.filter((entry) => !isHandshake(entry));
    if (handshake.length > 0)
      push(this.#handshakeTurns, { change: Object.fromEntries(handshake), left: count });
    // An empty change is a turn of ordinary behavior: "two good answers, then a bad one".
    if (request.length > 0 || entries.length === 0) {
      push(this.#requestTurns, { change: Object.fromEntries(request), left: count });
    }
  }

  /** As it was at the start, with nothing waiting. */
  reset(): void {
    this.#current = this.#initial;
    this.#handshakeTurns = [];
    this.#requestTurns = [];
  }

  /** The behavior of a connection that is asked for now; uses up a turn. */
  nextHandshake(): HandshakeBehavior & Pick<RequestBehavior, 'retryAfter'> {
    return this.#take(this.#handshakeTurns);
  }

  /** The behavior of a request that arrives now; uses up a turn. */
  nextRequest(): RequestBehavior {
    return this.#take(this.#requestTurns);
  }

  #take(turns: Turn[]): Behavior {
    const [turn] = turns;
    if (turn === undefined) return this.#current;
    turn.left -= 1;
    if (turn.left === 0) turns.shift();
    return { ...this.#current, ...turn.change };
  }
}

function push(turns: Turn[], turn: Turn): void {
  if (turns.length >= MAX_TURNS) throw new RangeError(`More than ${MAX_TURNS} limited changes are waiting.`);
  turns.push(turn);
}
