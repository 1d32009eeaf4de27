import { type ConnectionRules, type EmptyAnswerPolicy, type ReuseSetting } from '#llm';

/** What protocol and configuration promise about the server. Times in milliseconds. */
export interface Expectations {
  protocol: string;
  rules: ConnectionRules;
  hasHandshake: boolean;
  hasKey: boolean;
  model: string;
  /** LLM_MULTIPLEX: whether several requests share a connection. */
  multiplex: boolean;
  /** LLM_REUSE: which connections may carry requests of several callers. */
  reuse: ReuseSetting;
  emptyAnswer: EmptyAnswerPolicy;
  maxConnections: number;
  connectTimeoutMs: number;
  firstTokenTimeoutMs: number;
  idleTimeoutMs: number;
  timeoutMs: number;
  maxTokens: number;
}
