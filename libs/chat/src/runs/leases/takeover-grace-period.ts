/**
 * Decides when expired leases of other replicas may be claimed. After an outage of the database, or a pause of this process,
 * all leases may have expired, so replicas that are alive get time to renew theirs first.
 */
export class TakeoverGracePeriod {
  readonly #graceMs: number;
  #answeredAt: number;
  #until = -Infinity;

  /**
   * @param leaseMs the duration of a lease, in milliseconds; the grace period is two thirds of it
   * @param now the current time in milliseconds; the start counts as an answer of the database
   */
  constructor(leaseMs: number, now: number) {
    this.#graceMs = (leaseMs * 2) / 3;
    this.#answeredAt = now;
  }

  /** The database has answered a heartbeat. If the previous answer is more than two heartbeats old, there was an outage. */
  databaseAnswered(now: number): void {
    if (now - this.#answeredAt > this.#graceMs) this.#until = now + this.#graceMs;
    this.#answeredAt = now;
  }

  /** Whether expired leases may be claimed. */
  isOver(now: number): boolean {
    return now >= this.#until;
  }
}
