export { type Outcome } from './answer/answer-plan.js';
export { tokenize } from './answer/tokenizer.js';
export {
  type Behavior,
  BEHAVIOR_SETTINGS,
  DEFAULT_BEHAVIOR,
  InvalidBehaviorError,
} from './behavior/behavior.js';
export { MockLlm } from './mock-llm.js';
export { type DropOptions, type MockLlmOptions } from './mock-llm-options.js';
export { type ReceivedRequest } from './server/request-log.js';
