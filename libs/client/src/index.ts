export {
  type CallOptions,
  type ClientOptions,
  type FollowOptions,
  ParleyClient,
  type SendOptions,
} from './client.js';
export {
  ConnectionError,
  type ConnectionFailure,
  type FieldError,
  type ProblemBody,
  ProblemError,
} from './errors.js';
export { newId } from './ids.js';
export {
  type Conversation,
  type ImportedConversation,
  type ImportReport,
  type SearchMatch,
  type SnippetPart,
} from './objects/conversation.js';
export { type LlmEndpoint, type LlmHealth, type LlmStatus } from './objects/llm-health.js';
export { type Feedback, type Message, type Status, type Usage } from './objects/message.js';
export { type Page, type PageQuery } from './objects/page.js';
export {
  type ConversationFields,
  type ConversationQuery,
  type GenerationSettings,
  type MessageQuery,
  type OnBusy,
  type Regenerate,
  type SendMessage,
} from './objects/requests.js';
export { type Attempt, type Run, type RunError } from './objects/run.js';
export {
  type MessageCreated,
  type MessageDelta,
  type MessageEnded,
  type RunEvent,
  type RunFinished,
  type RunRetrying,
  type RunStarted,
} from './objects/run-event.js';
export { AnswerText } from './stream/answer-text.js';
export { type ConnectionGate, type ConnectionPermit } from './stream/connection-gate.js';
export { type RunResult, RunStream } from './stream/run-stream.js';
export { sleep, type Sleep } from './stream/sleep.js';
export {
  type ConnectionState,
  type ResumePoint,
  streamDefaults,
  type StreamOptions,
  type StreamSettings,
} from './stream/stream-options.js';
