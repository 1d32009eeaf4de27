import { type Clock, type Timer } from '../clock.js';
import { sleepOn } from './sleep-on.js';

interface PendingTimer {
  at: number;
  run: () => void;
}

/** A clock that is advanced by the spec. It starts at 0 and 2026-11-23T10:00:00Z. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #timers = new Set<PendingTimer>();

  now(): number {
    return this.#now;
  }

  date(): Date {
    return new Date(Date.UTC(2026, 10, 23, 10) + this.#now);
  }

  /** The number of timers and sleeps that have neither fired nor been cancelled. */
  get pending(): number {
    return this.#timers.size;
  }

  timer(ms: number, run: () => void): Timer {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return {
      refresh: () => {
        timer.at = this.#now + ms;
        this.#timers.add(timer);
      },
      cancel: () => void this.#timers.delete(timer),
    };
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  /** Advances the clock by `ms` and runs the timers that fall due, in order. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.run();
    }
    this.#now = until;
  }
}
