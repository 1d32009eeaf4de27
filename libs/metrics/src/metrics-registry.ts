import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** How exactly the delay of the event loop is measured, in ms. */
const eventLoopResolutionMs = 100;

/** The metrics of one application, those of process and Node.js included; two applications share nothing. */
@Injectable()
export class MetricsRegistry extends Registry implements OnApplicationShutdown {
  constructor() {
    super();
    collectDefaultMetrics({ register: this, eventLoopMonitoringPrecision: eventLoopResolutionMs });
  }

  /** prom-client observes garbage collections for as long as the process lives; no more than that may stay behind. */
  onApplicationShutdown(): void {
    this.clear();
  }
}
