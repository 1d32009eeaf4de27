/** What identifies us to a server. */
export interface LlmCredentials {
  apiKey?: string | undefined;
  apiVersion: string;
  clientId: string;
  /** What a protocol asks for beside these, by the names it gives them. */
  variables?: Readonly<Record<string, ProtocolValue>> | undefined;
}

export type ProtocolValue = string | number | boolean;

/** A variable of a protocol: what a route has to say, or may say, for its servers. */
export interface ProtocolVariable {
  /** Without one, every route has to give the value. */
  default?: ProtocolValue | undefined;
  /** Redacted in everything that servers send. */
  secret?: boolean | undefined;
}

/** A connection, as protocols see it. */
export interface ProtocolContext {
  /** The route's model; with `isForOneModel`, the one that the connection is for. */
  model: string;
  credentials: LlmCredentials;
  /** Unlike that of any other connection: 12 hexadecimal digits. */
  connectionId: string;
  now: Date;
}
