import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How late a timer of that interval fires is what Node measures; the interval itself is no delay. */
const resolutionMs = 100;

/** Milliseconds since the last reading. */
export interface LoopDelay {
  p99: number;
  max: number;
}

/** How long the event loop has kept things waiting. */
@Injectable()
export class EventLoopDelay implements OnModuleInit, OnModuleDestroy {
  readonly #histogram = monitorEventLoopDelay({ resolution: resolutionMs });

  onModuleInit(): void {
    this.#histogram.enable();
  }

  onModuleDestroy(): void {
    this.#histogram.disable();
  }

  /** Reads, and begins anew, so that an old stall is not held against a process that has recovered. */
  read(): LoopDelay {
    const delay = { p99: delayMs(this.#histogram.percentile(99)), max: delayMs(this.#histogram.max) };
    this.#histogram.reset();
    return delay;
  }
}

function delayMs(nanoseconds: number): number {
  return Math.max(0, Math.round(nanoseconds / 1e6 - resolutionMs));
}
