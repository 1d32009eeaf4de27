import { type Clock, type Timer } from '../clock.js';
import { sleepOn } from './sleep-on.js';

interface Alarm {
  at: number;
  run: () => void;
}

/** Time that stands still until a spec moves it on. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #alarms = new Set<Alarm>();

  now(): number {
    return this.#now;
  }

  date(): Date {
    return new Date(Date.UTC(2026, 10, 23, 10) + this.#now);
  }

  /** Timers and sleeps that have neither fired nor been cancelled. */
  get pending(): number {
    return this.#alarms.size;
  }

  timer(ms: number, run: () => void): Timer {
    const alarm = { at: this.#now + ms, run };
    this.#alarms.add(alarm);
    return {
      refresh: () => {
        alarm.at = this.#now + ms;
        this.#alarms.add(alarm);
      },
      cancel: () => void this.#alarms.delete(alarm),
    };
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  /** Moves on by `ms`, and runs what falls due on the way in its order. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const due = [...this.#alarms].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#alarms.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.run();
    }
    this.#now = until;
  }
}
