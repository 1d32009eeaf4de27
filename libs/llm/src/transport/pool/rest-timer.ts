import { type Clock, type Timer } from '../../clock.js';
import { type Connection } from '../connection.js';
import { closeUnusable, nextChangeInMs } from './resting.js';

/**
 * Waits for the next idle connection of a pool that becomes ready or unusable. Then it closes those that no request can use any
 * more, and calls `onChange`, so that the pool serves waiting requests.
 */
export class RestTimer {
  readonly #connections: ReadonlySet<Connection>;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  /** Set while a connection is in its rest period. */
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(connections: ReadonlySet<Connection>, clock: Clock, onChange: () => void) {
    this.#connections = connections;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Starts the timer, unless it runs or no connection will change. */
  start(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    const ms = nextChangeInMs(this.#connections);
    if (ms === Infinity) return;
    this.#timer = this.#clock.timer(ms, () => {
      this.#timer = undefined;
      closeUnusable(this.#connections);
      this.#onChange();
      this.start();
    });
  }

  /** Ends the timer for good. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }
}
