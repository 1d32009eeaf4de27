export { MetricsModule } from './metrics.module.js';
export { type MetricsOptions } from './metrics-options.js';
