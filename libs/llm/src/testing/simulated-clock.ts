import { type Clock, type Timer } from '../clock.js';
import { sleepOn } from './sleep-on.js';

interface ScheduledTimer {
  at: number;
  order: number;
  run: (() => void) | undefined;
}

/**
 * A clock for simulations of many thousand timers: it stands still while code runs, then jumps to the next timer. Timers are
 * kept in a binary heap.
 */
export class SimulatedClock implements Clock {
  readonly #heap: ScheduledTimer[] = [];
  #now = 0;
  #order = 0;

  now(): number {
    return this.#now;
  }

  date(): Date {
    return new Date(Date.UTC(2026, 10, 23, 10) + this.#now);
  }

  timer(ms: number, run: () => void): Timer {
    let due = this.#add(ms, run);
    return {
      refresh: () => {
        due.run = undefined;
        due = this.#add(ms, run);
      },
      cancel: () => {
        due.run = undefined;
      },
    };
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  /**
   * Runs the timers one by one, each after all pending promise callbacks have run, until `done` has settled.
   * @throws Error if no timer is left before that
   */
  async runUntil(done: Promise<unknown>): Promise<void> {
    let isDone = false;
    void done.finally(() => (isDone = true));
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isDone) return;
      const next = this.#take();
      if (next === undefined) throw new Error('no timer is left, but the simulation has not ended');
      this.#now = next.at;
      next.run?.();
    }
  }

  #add(ms: number, run: () => void): ScheduledTimer {
    const due: ScheduledTimer = { at: this.#now + ms, order: (this.#order += 1), run };
    const heap = this.#heap;
    let index = heap.push(due) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (isBefore(heap[parent]!, due)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = due;
    return due;
  }

  /** Removes the next timer that was not cancelled. */
  #take(): ScheduledTimer | undefined {
    const heap = this.#heap;
    while (heap.length > 0) {
      const first = heap[0]!;
      const last = heap.pop()!;
      if (heap.length > 0) this.#sink(last);
      if (first.run !== undefined) return first;
    }
    return undefined;
  }

  #sink(due: ScheduledTimer): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (isBefore(due, heap[child]!)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = due;
  }
}

function isBefore(a: ScheduledTimer, b: ScheduledTimer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
