import { type ConnectionRules, type EmptyAnswerPolicy, type ReuseSetting } from '#llm';

/** The limits of time that a description can set instead of a variable. */
export type LimitName = 'connect' | 'first_token' | 'idle' | 'total';

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
  /** The limits that the protocol sets itself, so that the variables have no effect on them. */
  ownLimits: readonly LimitName[];
}
