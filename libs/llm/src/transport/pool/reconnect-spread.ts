/** Connects per second to an endpoint that has dropped many connections. */
const connectsPerSecond = 500;
/** How long drops count, in milliseconds. */
const memoryMs = 2_000;

/**
 * Spreads the connects after a mass drop: after 1,000 lost connections each connect waits a random time of up to two
 * seconds, after a single one it does not wait.
 */
export class ReconnectSpread {
  #drops = 0;
  #lastDropAt = Number.NEGATIVE_INFINITY;

  readonly #random: () => number;

  /** @param random a number in [0, 1) */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Records a dropped connection. @param now in milliseconds of the clock */
  dropped(now: number): void {
    this.#drops = now - this.#lastDropAt > memoryMs ? 1 : this.#drops + 1;
    this.#lastDropAt = now;
  }

  /** How long the next connect should wait, in milliseconds. @param now in milliseconds of the clock */
  delayMs(now: number): number {
    if (this.#drops < 2 || now - this.#lastDropAt > memoryMs) return 0;
    return this.#random() * Math.min(memoryMs, (this.#drops / connectsPerSecond) * 1_000);
  }
}
