import {
  type BalancerName,
  type EmptyAnswerPolicy,
  type ReuseSetting,
  type HedgingOptions,
  type llmDefaults,
  type ProtocolDescription,
  type ProtocolValue,
  type ProxySettings,
} from '#llm';

/** What the whole server runs with: parsed once from the environment, frozen, and injected under `CONFIGURATION`. */
export interface Configuration {
  nodeEnv: 'development' | 'test' | 'production';
  http: {
    host: string;
    port: number;
    /** The sub-path at which a reverse proxy serves the server; `/` if there is none. */
    basePath: string;
    /** Origins whose pages may call the API from a browser; `*`: all. */
    corsOrigins: string[];
    /** Allowed values of `Host` in addition to loopback names; `*`: all. If empty, `AUTH=keys` allows every host. */
    allowedHosts: string[];
    /** Reverse proxies: addresses, networks and numbers of hops. */
    trustProxy: string[];
    /** The longest time for the headers and the body of a request to arrive. */
    requestTimeoutMs: number;
    /** The longest time in which a client may read nothing of a response. */
    stallTimeoutMs: number;
    /** The memory for large responses in progress. */
    responseMemoryBytes: number;
    maxStreamsPerOwner: number;
    /** The interval of heartbeats in event streams. Not a variable: the default is that of `chat`. */
    streamHeartbeatMs?: number;
    /** Undefined: as many as the limit of open files allows. */
    maxStreams: number | undefined;
    /** Undefined: as many as the limit of open files allows. */
    maxConnections: number | undefined;
  };
  log: {
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
    /** Empty: pretty on a terminal outside production, else JSON. */
    format: '' | 'json' | 'pretty';
  };
  /** The folder of the embedded database. */
  dataDirectory: string;
  /** How long requests are still served after readiness reports 503 at shutdown. */
  shutdownDelayMs: number;
  /** How long running answers may continue at shutdown. */
  drainTimeoutMs: number;
  /** Undefined: conversations do not expire. */
  retentionDays: number | undefined;
  /** The lease of a run: how long after its last renewal another server may take the run over. */
  runLeaseMs: number;
  database: {
    /** Undefined: the embedded PostgreSQL. */
    url: string | undefined;
    poolSize: number;
    timeoutMs: number;
    /** False for poolers that do not support prepared statements. */
    preparesStatements: boolean;
  };
  /**
   * The part of LLM connections, database connections and queues that one owner may hold, above 0; 1 if there is only one
   * owner.
   */
  ownerShare: number;
  /** The longest time of one search, without its time in the queue. */
  searchTimeoutMs: number;
  llm: LlmConfiguration;
  /** Limits of the history that is sent to the LLM server with each message. */
  history: { maxMessages: number; maxChars: number };
  auth: {
    mode: 'none' | 'keys';
    keys: { name: string; key: string }[];
    operatorKeys: { name: string; key: string }[];
    /** The most connections without a valid key per client address. */
    anonymousConnections: number;
    /** The most failed sign-ins per client address and minute. */
    failedSignIns: number;
  };
}

/** A route: interchangeable endpoints, and how to send requests to them. */
export interface RouteConfiguration {
  name: string;
  /** `ws:` or `wss:` addresses; the weights are above 0. */
  endpoints: { url: string; weight: number }[];
  model: string;
  /** The name of a shipped protocol, or the description of one from a file. */
  protocol: string | ProtocolDescription;
  /** The variables of the protocol, in addition to the credentials. */
  variables: Readonly<Record<string, ProtocolValue>>;
  /** Whether requests share connections; undefined: as for all routes. */
  multiplex: boolean | undefined;
  /** Which connections may be reused; undefined: as for all routes. */
  reuse: ReuseSetting | undefined;
  /** How an answer without text is treated; undefined: as the protocol defines, or as for all routes. */
  emptyAnswer: EmptyAnswerPolicy | undefined;
  balancer: BalancerName;
  apiKey: string | undefined;
  apiVersion: string;
  clientId: string;
}

/** The LLM servers, and how to send requests to them. `llmChain` returns the fallback chain. */
export interface LlmConfiguration {
  /** The addresses of the environment's first route; empty if there is none, as with an LLM file. */
  urls: string[];
  /** The addresses of the environment's second route. */
  fallbackUrls: string[];
  /** The routes of the LLM file, with all defaults filled in; empty without a file. */
  routes: RouteConfiguration[];
  fallbackReply: string | undefined;
  apiKey: string | undefined;
  apiVersion: string;
  clientId: string;
  model: string;
  /** The protocol of the environment's routes. */
  protocol: RouteConfiguration['protocol'];
  variables: RouteConfiguration['variables'];
  balancer: BalancerName;
  /** Additional CA certificates, in PEM. */
  extraCa: string | undefined;
  /** Proxies between Parley and the servers. */
  proxy: ProxySettings;
  /** Whether the servers repeat the request id in every frame, so that requests can share a connection. */
  multiplex: boolean;
  /** Which connections may be reused if servers do not repeat request ids. */
  reuse: ReuseSetting;
  /** How an answer without text is treated unless the route or the protocol defines it. */
  emptyAnswer: EmptyAnswerPolicy;
  /** The longest time of an answer, including retries. */
  timeoutMs: number;
  connectTimeoutMs: number;
  firstTokenTimeoutMs: number;
  idleTimeoutMs: number;
  /** The longest wait for a free connection. */
  queueTimeoutMs: number;
  /** The longest time for an idle connection to answer a ping. */
  pingTimeoutMs: number;
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
