export { systemClock, type Clock, type Timer } from './clock.js';
export * from './errors/answer-errors.js';
export * from './errors/connection-errors.js';
export * from './errors/handshake-errors.js';
export { hideAddresses } from './errors/hide-addresses.js';
export { llmErrorCodes } from './errors/error-codes.js';
export { LlmError, type LlmErrorOptions, type RetryScope } from './errors/llm-error.js';
export { LlmModule } from './nest/llm.module.js';
export { isForbiddenKey } from './protocols/json-values.js';
export { guideProtocol } from './protocols/guide.js';
export { emptyAnswerPolicies, explainsNoText, type EmptyAnswerPolicy } from './protocols/empty-answer.js';
export { AnswerAssembly, type AnswerEnd, type AnswerEvent } from './protocols/answer-assembly.js';
export { type ReducedFact } from './protocols/answer-facts.js';
export * from './protocols/connection-rules.js';
export * from './protocols/protocol-context.js';
export * from './protocols/protocol.js';
export { type LlmSampling, samplingNames } from './protocols/sampling.js';
export * from './protocols/session-request.js';
export { describedProtocol, shippedDescriptions } from './protocols/described.js';
export * from './protocols/description/description.js';
export { ProtocolDescriptionError, type DescriptionMistake } from './protocols/description/mistakes.js';
export { PROTOCOL_SCHEMA } from './protocols/description/schema.js';
export { protocolNamed, shippedProtocols } from './protocols/shipped.js';
export { variableMistakes, withDefaults } from './protocols/variables.js';
export { type BreakerState } from './routing/breaker/breaker.js';
export { type CallOptions } from './routing/call.js';
export {
  llmDefaults,
  type LlmClientOptions,
  type HedgingOptions,
  type LlmTimeouts,
  type RouteOptions,
  type WeightedEndpoint,
} from './routing/llm-options.js';
export { type EndpointState } from './routing/endpoint.js';
export { LlmClient, type BudgetState } from './routing/llm-client.js';
export { secretsOfRoutes, type ClientEnvironment } from './routing/routes.js';
export { balancerNames, type BalancerName } from './routing/balance/create-balancer.js';
export {
  type AttemptRecord,
  type LlmCompletion,
  type LlmEvent,
  type LlmSource,
} from './routing/llm-event.js';
export { LlmOptionsError } from './routing/options-check.js';
export { LlmObserver, type LlmObservations } from './routing/observer.js';
export { dial, type DialedSocket } from './transport/dial/dial.js';
export { dialPlan } from './transport/dial/dial-plan.js';
export { isCredential } from './redaction/credential-names.js';
export { endpointSecrets, urlSecrets } from './redaction/endpoint-secrets.js';
export { SecretRedactor, shortestSecret, type SecretsToRedact } from './redaction/secret-redactor.js';
export { publicUrl } from './transport/dial/endpoint-url.js';
export {
  reuseSettings,
  type ReuseMode,
  type ReuseSetting,
  type ReuseState,
} from './transport/reuse/endpoint-reuse.js';
export { frameText } from './transport/frame-text.js';
export { proxyFor, proxyMistake, type ProxySettings } from './transport/dial/proxy-settings.js';
export { systemTrust } from './transport/dial/trust.js';
export { storableUpTo } from './storable-text.js';
