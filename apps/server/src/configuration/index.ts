export { type Configuration, type LlmConfiguration } from './configuration.js';
export { ConfigurationError } from './configuration-error.js';
export { type Purpose } from './contradictions.js';
export { CONFIGURATION, ConfigurationModule } from './configuration.module.js';
export { loadConfiguration } from './load-configuration.js';
