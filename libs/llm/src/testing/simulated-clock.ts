import { type Clock, type Timer } from '../clock.js';
import { sleepOn } from './sleep-on.js';

interface Due {
  at: number;
  order: number;
  run: (() => void) | undefined;
}

/**
 * Time for simulations of many thousand events: it stands still while code runs, and then jumps to the next due event.
 * Due events are kept in a binary heap.
 */
export class SimulatedClock implements Clock {
  readonly #heap: Due[] = [];
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

  /** Runs due events one by one, each after all promises have settled, until `done` has settled. */
  async runUntil(done: Promise<unknown>): Promise<void> {
    let isDone = false;
    void done.finally(() => (isDone = true));
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isDone) return;
      const next = this.#take();
      if (next === undefined) throw new Error('nothing is due, and not everything is done');
      this.#now = next.at;
      next.run?.();
    }
  }

  #add(ms: number, run: () => void): Due {
    const due: Due = { at: this.#now + ms, order: (this.#order += 1), run };
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

  /** The next that was not cancelled. */
  #take(): Due | undefined {
    const heap = this.#heap;
    while (heap.length > 0) {
      const first = heap[0]!;
      const last = heap.pop()!;
      if (heap.length > 0) this.#sink(last);
      if (first.run !== undefined) return first;
    }
    return undefined;
  }

  #sink(due: Due): void {
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

function isBefore(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
