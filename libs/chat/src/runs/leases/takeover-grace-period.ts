/**
 * When the runs of others may be taken over. After an outage of the database, or of this process, every lease has run out,
 * and those who are alive must have had the time to renew theirs before anybody is taken for dead.
 */
export class TakeoverGracePeriod {
  readonly #graceMs: number;
  #heardAt: number;
  #until = -Infinity;

  /** @param now a start counts as a sign of life of the database */
  constructor(leaseMs: number, now: number) {
    this.#graceMs = (leaseMs * 2) / 3;
    this.#heardAt = now;
  }

  /** The database has answered. A longer silence than that between two signs of life, and one more, was an outage. */
  databaseAnswered(now: number): void {
    if (now - this.#heardAt > this.#graceMs) this.#until = now + this.#graceMs;
    this.#heardAt = now;
  }

  isOver(now: number): boolean {
    return now >= this.#until;
  }
}
