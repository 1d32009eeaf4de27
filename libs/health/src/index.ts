export { HealthModule } from './health.module.js';
export { healthDefaults, type HealthOptions } from './health-options.js';
export { Lifecycle, type LifecyclePhase } from './lifecycle.js';
export { type EndpointRow, type LlmReport, type LlmStatus } from './llm-report.js';
