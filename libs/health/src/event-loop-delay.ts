import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** The sampling interval. Node's measurements include it, so it is subtracted. */
const resolutionMs = 100;

/** The delay of the event loop since the last reading, in ms. */
export interface LoopDelay {
  p99: number;
  max: number;
}

/** Measures the delay of the event loop. */
@Injectable()
export class EventLoopDelay implements OnModuleInit, OnModuleDestroy {
  readonly #histogram = monitorEventLoopDelay({ resolution: resolutionMs });

  onModuleInit(): void {
    this.#histogram.enable();
  }

  onModuleDestroy(): void {
    this.#histogram.disable();
  }

  /** Returns the delay since the last call, and resets the measurement. */
  read(): LoopDelay {
    const delay = { p99: delayMs(this.#histogram.percentile(99)), max: delayMs(this.#histogram.max) };
    this.#histogram.reset();
    return delay;
  }
}

function delayMs(nanoseconds: number): number {
  return Math.max(0, Math.round(nanoseconds / 1e6 - resolutionMs));
}
