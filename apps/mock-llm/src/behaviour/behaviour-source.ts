import {
  type Behaviour,
  checkBehaviour,
  DEFAULT_BEHAVIOUR,
  HANDSHAKE_SETTINGS,
  type HandshakeBehaviour,
  type RequestBehaviour,
} from './behaviour.js';

/** A change that holds for the next `left` events only. */
interface Turn {
  readonly change: Partial<Behaviour>;
  left: number;
}

/** Bound on changes waiting for their turn. */
const MAX_TURNS = 10_000;

/**
 * Says which behaviour the next connection and the next request get. Changes for a limited number of turns are
 * taken first come, first served; handshake settings among them wait for handshakes, the others for requests.
 */
export class BehaviourSource {
  readonly #initial: Behaviour;
  #current: Behaviour;
  #handshakeTurns: Turn[] = [];
  #requestTurns: Turn[] = [];

  /** @throws InvalidBehaviourError */
  constructor(initial: Partial<Behaviour> = {}) {
    this.#initial = Object.freeze({ ...DEFAULT_BEHAVIOUR, ...checkBehaviour(initial) });
    this.#current = this.#initial;
  }

  /** What holds when no limited change is waiting. */
  get current(): Behaviour {
    return this.#current;
  }

  /** From now on. @throws InvalidBehaviourError */
  merge(change: Partial<Behaviour>): void {
    this.#current = Object.freeze({ ...this.#current, ...checkBehaviour(change) });
  }

  /** For the next `count` events, after the limited changes already waiting. @throws InvalidBehaviourError, RangeError */
  once(change: Partial<Behaviour>, count = 1): void {
    if (!Number.isInteger(count) || count < 1)
      throw new RangeError('count: must be a whole number of at least 1');
    const entries = Object.entries(checkBehaviour(change));
    const isHandshake = ([name]: [string, unknown]) => Object.hasOwn(HANDSHAKE_SETTINGS, name);
    const handshake = entries.filter(isHandshake);
    const request = entries.filter((entry) => !isHandshake(entry));
    if (handshake.length > 0)
      push(this.#handshakeTurns, { change: Object.fromEntries(handshake), left: count });
    // An empty change is a turn of ordinary behaviour: "two good answers, then a bad one".
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

  /** The behaviour of a connection that is asked for now; uses up a turn. */
  nextHandshake(): HandshakeBehaviour & Pick<RequestBehaviour, 'retryAfter'> {
    return this.#take(this.#handshakeTurns);
  }

  /** The behaviour of a request that arrives now; uses up a turn. */
  nextRequest(): RequestBehaviour {
    return this.#take(this.#requestTurns);
  }

  #take(turns: Turn[]): Behaviour {
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
