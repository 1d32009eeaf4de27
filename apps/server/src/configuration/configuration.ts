/** What the whole server runs with: parsed once from the environment, frozen, and injected under `CONFIGURATION`. */
export interface Configuration {
  nodeEnv: 'development' | 'test' | 'production';
  http: { host: string; port: number };
  log: {
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
    /** Empty: pretty on a terminal outside production, else JSON. */
    format: '' | 'json' | 'pretty';
  };
  /** Where the embedded database keeps its files. */
  dataDirectory: string;
  drainTimeoutMs: number;
  database: {
    /** Undefined: the embedded PostgreSQL. */
    url: string | undefined;
    poolSize: number;
  };
  llm: LlmConfiguration;
  /** Bounds of the conversation that travels to the LLM with each message. */
  history: { maxMessages: number; maxChars: number };
  auth: { mode: 'none' | 'keys'; keys: { name: string; key: string }[] };
}

/** Where the LLM servers are and how they are asked. */
export interface LlmConfiguration {
  /** The first route; empty: no LLM was configured. */
  urls: string[];
  /** The second route. */
  fallbackUrls: string[];
  fallbackReply: string | undefined;
  apiKey: string | undefined;
  apiVersion: string;
  clientId: string;
  model: string;
  /** The certificates themselves, in PEM. */
  extraCa: string | undefined;
  /** Whether the servers echo `request_id`, so that requests can share a connection. */
  multiplex: boolean;
  /** From the request to the end of its answer, retries included. */
  timeoutMs: number;
  connectTimeoutMs: number;
  firstTokenTimeoutMs: number;
  idleTimeoutMs: number;
  maxRetries: number;
  retryBaseMs: number;
  retryMaxMs: number;
  /** Per endpoint. */
  maxConnections: number;
  maxQueue: number;
  maxTokens: number;
  temperature: number;
}
