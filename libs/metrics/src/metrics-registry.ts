import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** Sampling interval of the event loop delay, in ms. */
const eventLoopResolutionMs = 100;

/** The metrics registry of one application, with the default metrics of process and Node.js. */
@Injectable()
export class MetricsRegistry extends Registry implements OnApplicationShutdown {
  constructor() {
    super();
    collectDefaultMetrics({ register: this, eventLoopMonitoringPrecision: eventLoopResolutionMs });
  }

  /** Releases the metrics, as prom-client keeps observing garbage collections until the process ends. */
  onApplicationShutdown(): void {
    this.clear();
  }
}
