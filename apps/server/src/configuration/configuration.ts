import {
  type BalancerName,
  type EmptyAnswerPolicy,
  type ReuseSetting,
  type HedgingOptions,
  type llmDefaults,
  type ProtocolDescription,
  type ProtocolValue,
} from '#llm';

/** What the whole server runs with: parsed once from the environment, frozen, and injected under `CONFIGURATION`. */
export interface Configuration {
  nodeEnv: 'development' | 'test' | 'production';
  http: {
    host: string;
    port: number;
    /** Whose pages may call the API from a browser; `*`: all. */
    corsOrigins: string[];
    /** Allowed values of `Host` beside loopback names; empty with `AUTH=keys`: any host. `*`: all. */
    allowedHosts: string[];
    /** Reverse proxies: addresses, networks and numbers of hops. */
    trustProxy: string[];
    /** For the headers and the body of a request to arrive. */
    requestTimeoutMs: number;
    /** Longest time in which a reader may read nothing of a response. */
    stallTimeoutMs: number;
    /** Most bytes that large responses in progress may hold. */
    responseMemoryBytes: number;
    maxStreamsPerOwner: number;
    /** Undefined: as many as the limit of open files allows; so for connections. */
    maxStreams: number | undefined;
    maxConnections: number | undefined;
  };
  log: {
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
    /** Empty: pretty on a terminal outside production, else JSON. */
    format: '' | 'json' | 'pretty';
  };
  /** Where the embedded database keeps its files. */
  dataDirectory: string;
  /** How long everything goes on after readiness says that the server is about to stop. */
  noticeMs: number;
  drainTimeoutMs: number;
  /** Undefined: conversations are kept. */
  retentionDays: number | undefined;
  /** How long a server may give no sign of life before others take its runs over. */
  runLeaseMs: number;
  database: {
    /** Undefined: the embedded PostgreSQL. */
    url: string | undefined;
    poolSize: number;
    timeoutMs: number;
    /** False behind a pooler that does not know them. */
    preparesStatements: boolean;
  };
  /**
   * The part of shared resources (LLM connections, waiting places, database connections) that one owner may hold; 1 where
   * there is one owner only.
   */
  ownerShare: number;
  /** For one search, once it runs. */
  searchTimeoutMs: number;
  llm: LlmConfiguration;
  /** Bounds of the conversation that travels to the LLM with each message. */
  history: { maxMessages: number; maxChars: number };
  auth: {
    mode: 'none' | 'keys';
    keys: { name: string; key: string }[];
    operatorKeys: { name: string; key: string }[];
    /** Most connections without a valid key of one client address. */
    anonymousConnections: number;
    /** Most failed sign-ins of one client address in a minute. */
    failedSignIns: number;
  };
}

/** Endpoints that answer interchangeably, and how they are asked. */
export interface RouteConfiguration {
  name: string;
  /** `ws:` or `wss:` addresses; the weights are above 0. */
  endpoints: { url: string; weight: number }[];
  model: string;
  /** The name of a shipped protocol, or what a file says of one. */
  protocol: string | ProtocolDescription;
  /** What the protocol asks for beside the credentials. */
  variables: Readonly<Record<string, ProtocolValue>>;
  /** Whether requests share connections; undefined: as for all routes. */
  multiplex: boolean | undefined;
  /** Which connections may be reused; undefined: as for all routes. */
  reuse: ReuseSetting | undefined;
  /** How an answer without text is treated; undefined: as the protocol says, or as for all routes. */
  emptyAnswer: EmptyAnswerPolicy | undefined;
  balancer: BalancerName;
  apiKey: string | undefined;
  apiVersion: string;
  clientId: string;
}

/** Where the LLM servers are and how they are asked. `llmChain` makes its fallback chain of it. */
export interface LlmConfiguration {
  /** The environment's first route; empty if it names none, as with an LLM file. */
  urls: string[];
  /** The environment's second route. */
  fallbackUrls: string[];
  /** The routes of the LLM file, complete in themselves; empty without one. */
  routes: RouteConfiguration[];
  fallbackReply: string | undefined;
  apiKey: string | undefined;
  apiVersion: string;
  clientId: string;
  model: string;
  /** What the environment's routes speak. */
  protocol: RouteConfiguration['protocol'];
  variables: RouteConfiguration['variables'];
  balancer: BalancerName;
  /** The certificates themselves, in PEM. */
  extraCa: string | undefined;
  /** Whether the servers name the request in every frame, so that requests can share a connection. */
  multiplex: boolean;
  /** Which connections may be reused if servers do not repeat request ids. */
  reuse: ReuseSetting;
  /** How an answer without text is treated if neither route nor protocol says so. */
  emptyAnswer: EmptyAnswerPolicy;
  /** From the request to the end of its answer, retries included. */
  timeoutMs: number;
  connectTimeoutMs: number;
  firstTokenTimeoutMs: number;
  idleTimeoutMs: number;
  /** For a connection to become free. */
  queueTimeoutMs: number;
  maxRetries: number;
  retryBaseMs: number;
  retryMaxMs: number;
  retryBudget: typeof llmDefaults.retryBudget;
  breaker: typeof llmDefaults.breaker;
  hedging: HedgingOptions;
  /** Per endpoint. */
  maxConnections: number;
  maxQueue: number;
  maxTokens: number;
  temperature: number;
}
