/** A value of JSON that has no parts. */
export type Scalar = string | number | boolean | null;

/** Where something is in a frame: `response.usage.input_tokens`; of several places the first that has it. */
export type Paths = string | readonly string[];

/** What a value has to be: this, one of these, there, not this, or not one of false, null, 0 and the empty text. */
export type Matcher =
  | Scalar
  | readonly Scalar[]
  | { present: boolean }
  | { not: Scalar | readonly Scalar[] }
  | { truthy: boolean };

/** Paths and what has to be there, all at once. */
export type When = Readonly<Record<string, Matcher>>;

/** JSON with `{{placeholders}}` in its texts. */
export type Template = Scalar | readonly Template[] | { readonly [key: string]: Template };

export type OneOrMore<T> = T | readonly T[];

/** A text of its own for each role, or `each` for those without. `null` leaves messages of the role out. */
export interface PerRole<T> {
  each?: T;
  system?: T | null;
  user?: T | null;
  assistant?: T | null;
}

export interface RequestDescription {
  /** A frame; a list is as many frames. */
  send: Template;
  /** What the server says that the rest of the request depends on. */
  then?: readonly { when: When; learn?: Readonly<Record<string, string>>; send?: Template }[];
  /** What the server calls the roles. */
  roles?: { system?: string; user?: string; assistant?: string };
  /** A message in `{{messages}}` and `{{history}}`. */
  messages?: PerRole<Template>;
  /** How `{{prompt}}` is made of all messages. */
  prompt?: PerRole<string> & { end?: string; alone?: string };
}

export interface ErrorRule {
  when: When;
  code?: Paths;
  message?: Paths;
  /** In seconds. */
  retry_after?: Paths;
  /** The server's codes in Parley's words. */
  codes?: Readonly<Record<string, string>>;
  reach?: Reach;
  /** By the server's code. */
  reaches?: Readonly<Record<string, Reach>>;
}

export type Reach = 'answer' | 'connection' | 'nobody';

export interface DeltaRule {
  when?: When;
  text: Paths;
  mode?: 'append' | 'cumulative';
}

export interface EndRule {
  when: When;
  /** The whole answer. */
  text?: Paths;
  /** The last piece of it. */
  piece?: Paths;
}

export type HandshakeStep = { send: Template } | { expect: When; learn?: Readonly<Record<string, string>> };

/**
 * How a server speaks, as data. Each part is explained in the JSON Schema; times are in seconds.
 */
export interface ProtocolDescription {
  $schema?: string;
  name: string;
  extends?: string;
  variables?: Readonly<Record<string, Scalar | { default?: string | number | boolean; secret?: boolean }>>;
  address?: {
    path?: string;
    query?: Readonly<Record<string, string>>;
    headers?: Readonly<Record<string, string>>;
    subprotocols?: readonly string[];
    sign?: 'iflytek';
  };
  handshake?: readonly HandshakeStep[];
  frames?: 'json' | 'text' | 'mixed';
  json_in?: Paths;
  request?: RequestDescription;
  correlation?: { request?: Paths; answer?: Paths; ids?: 'text' | 'number'; optional?: boolean };
  ignore?: OneOrMore<When>;
  error?: OneOrMore<ErrorRule>;
  end?: OneOrMore<EndRule>;
  delta?: OneOrMore<DeltaRule>;
  usage?: { when?: When; input?: Paths; output?: Paths; total?: Paths };
  model?: Paths;
  finish_reason?: Paths | { path: Paths; values?: Readonly<Record<string, string>> };
  metadata?: Paths;
  /** How an answer without text is treated: as a failure, or as valid. */
  empty_answer?: 'retry' | 'accept';
  cancel?: { send: Template };
  close?: { ends?: readonly number[]; errors?: Readonly<Record<string, string>> };
  connection?: {
    reuse?: 'pool' | 'answer' | 'conversation';
    in_flight?: number;
    max_age?: number;
    drain?: OneOrMore<When>;
    keepalive?: { send: Template; every: number };
    reply?: readonly { when: When; send: Template }[];
    ping?: boolean;
    binary?: boolean;
  };
  limits?: { frame?: number; connect?: number; first_token?: number; idle?: number; total?: number };
}
