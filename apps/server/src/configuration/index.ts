export { type Configuration, type LlmConfiguration, type RouteConfiguration } from './configuration.js';
export { ConfigurationError } from './configuration-error.js';
export { type Purpose } from './contradictions.js';
export { CONFIGURATION, ConfigurationModule } from './configuration.module.js';
export { isLlmConfigured, llmChain } from './llm-chain.js';
export { namedProtocol, type NamedProtocol } from './protocol-file/named-protocol.js';
export { readProtocolFile } from './protocol-file/read-protocol-file.js';
export { loadConfiguration } from './load-configuration.js';
export { trustsProxy, type TrustsProxy } from './trust-proxy.js';
