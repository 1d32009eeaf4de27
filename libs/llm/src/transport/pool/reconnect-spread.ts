/** Connections that one endpoint may be asked for in a second after it has dropped many. */
const connectsPerSecond = 500;
/** For how long drops are remembered, in ms. */
const memoryMs = 2_000;

/**
 * Spreads the connects that follow a mass drop: after 1,000 lost connections each new one waits a random time of up to
 * two seconds; after a single one it waits next to nothing.
 */
export class ReconnectSpread {
  #drops = 0;
  #lastDropAt = Number.NEGATIVE_INFINITY;

  readonly #random: () => number;

  /** @param random a number in [0, 1) */
  constructor(random: () => number) {
    this.#random = random;
  }

  dropped(now: number): void {
    this.#drops = now - this.#lastDropAt > memoryMs ? 1 : this.#drops + 1;
    this.#lastDropAt = now;
  }

  /** How long the next connect waits, in ms; 0 when there is no reason to. */
  delayMs(now: number): number {
    if (this.#drops < 2 || now - this.#lastDropAt > memoryMs) return 0;
    return this.#random() * Math.min(memoryMs, (this.#drops / connectsPerSecond) * 1_000);
  }
}
