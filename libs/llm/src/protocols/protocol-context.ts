/** What identifies this client to a server. */
export interface LlmCredentials {
  apiKey?: string | undefined;
  apiVersion: string;
  clientId: string;
  /** Values of the protocol's variables, by name. */
  variables?: Readonly<Record<string, ProtocolValue>> | undefined;
}

/** The value of a protocol variable. */
export type ProtocolValue = string | number | boolean;

/** A variable of a protocol, whose value routes can or must set. */
export interface ProtocolVariable {
  /** Without a default, every route must set the value. */
  default?: ProtocolValue | undefined;
  /** Redacted in everything that servers send. */
  secret?: boolean | undefined;
}

/** The connection for which a protocol encodes frames. */
export interface ProtocolContext {
  /** The route's model; with `isForOneModel`, the model of the connection. */
  model: string;
  credentials: LlmCredentials;
  /** Unique among all connections: 12 hexadecimal digits. */
  connectionId: string;
  /** The time of the dial; for request frames, that of the request. */
  now: Date;
  /** Values of the HTTP request before the connection, by names of the protocol. */
  learned?: Readonly<Record<string, unknown>>;
  /** Takes an id for a frame that is no request, of the same kind as request ids; undefined until the connection is open. */
  nextId?: (() => string) | undefined;
}
