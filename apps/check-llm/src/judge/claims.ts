import { type ConnectionRules } from '#llm';

/** What the protocol and the configuration say of the server. Times in milliseconds. */
export interface Claims {
  protocol: string;
  rules: ConnectionRules;
  hasHandshake: boolean;
  hasKey: boolean;
  model: string;
  multiplex: boolean;
  maxConnections: number;
  connectTimeoutMs: number;
  firstTokenTimeoutMs: number;
  idleTimeoutMs: number;
  timeoutMs: number;
  maxTokens: number;
}
