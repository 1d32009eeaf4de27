/** A scalar JSON value. */
export type Scalar = string | number | boolean | null;

/** A path in a frame, such as `response.usage.input_tokens`, or several, of which the first with a value counts. */
export type Paths = string | readonly string[];

/** The kinds of values that `{ is: … }` distinguishes. */
export const valueKinds = ['text', 'number', 'boolean', 'list', 'object'] as const;

/** What a value must be: equal, one of a list, present, not equal, truthy, a text with these characters, or of a kind. */
export type Matcher =
  | Scalar
  | readonly Scalar[]
  | { present: boolean }
  | { not: Scalar | readonly Scalar[] }
  | { truthy: boolean }
  | { starts_with: OneOrMore<string> }
  | { contains: OneOrMore<string> }
  | { is: (typeof valueKinds)[number] };

/** A condition: paths with the values that all of them must have. */
export type When = Readonly<Record<string, Matcher>>;

/** JSON with `{{placeholders}}` in its strings. */
export type Template = Scalar | readonly Template[] | { readonly [key: string]: Template };

/** A value or a list of values. */
export type OneOrMore<T> = T | readonly T[];

/** A value for each role, or `each` for the others. `null` omits messages of the role. */
export interface PerRole<T> {
  each?: T;
  system?: T | null;
  user?: T | null;
  assistant?: T | null;
}

/** Divides a long request: a frame with `{{part}}` is sent once for each part. */
export interface PartsDescription {
  /** The text to divide; default: `{{prompt}}`. */
  of?: string;
  /** Most bytes of a part, in UTF-8. */
  bytes: number;
}

/** How a request is encoded. */
export interface RequestDescription {
  /** The frame, or a list of frames. */
  send: Template;
  parts?: PartsDescription;
  /** Further steps, each after a frame of the server that matches `when`. */
  then?: readonly { when: When; learn?: Readonly<Record<string, string>>; send?: Template }[];
  /** The server's names of the roles. */
  roles?: { system?: string; user?: string; assistant?: string };
  /** The form of a message in `{{messages}}` and `{{history}}`. */
  messages?: PerRole<Template>;
  /** The form of `{{prompt}}`, one text of all messages. */
  prompt?: PerRole<string> & { end?: string; alone?: string };
}

/** Recognizes an error of the server. */
export interface ErrorRule {
  when: When;
  code?: Paths;
  message?: Paths;
  /** The path of the wait time, in seconds. */
  retry_after?: Paths;
  /** Parley's code for each code of the server. */
  codes?: Readonly<Record<string, string>>;
  /** Default: `answer`. */
  reach?: Reach;
  /** The reach for each code of the server. */
  reaches?: Readonly<Record<string, Reach>>;
  /** Whether the end frame follows, as after every answer. */
  followed_by_end?: boolean;
}

/** What an error ends: the answer, every answer on the connection, or nothing. */
export type Reach = 'answer' | 'connection' | 'nobody';

/** The format of texts of an answer: as they are, or HTML whose text counts. */
export type TextFormat = 'text' | 'html';

/** Recognizes a piece of an answer. */
export interface DeltaRule {
  when?: When;
  text: Paths;
  format?: TextFormat;
  mode?: 'append' | 'cumulative';
}

/** Recognizes the end of an answer: a frame, or a pause. */
export interface EndRule {
  when?: When;
  /** Seconds without another piece that end the answer. */
  silence?: number;
  /** The path of the whole answer. */
  text?: Paths;
  /** The path of its last piece. */
  piece?: Paths;
  format?: TextFormat;
}

/** A step of the handshake: frames to send, or a frame to wait for. */
export type HandshakeStep = { send: Template } | { expect: When; learn?: Readonly<Record<string, string>> };

/** Where to find a value of an HTTP response: a path, and the texts around the value there. */
export type HttpValue = string | { path: string; after?: string; before?: string };

/** An HTTP request before each connection. */
export interface SessionDescription {
  /** A path of the endpoint, or an address. */
  url: string;
  /** Default: GET without a body, POST with one. */
  method?: 'GET' | 'POST' | 'PUT';
  /** Default: `Authorization: Bearer` with the API key. */
  headers?: Readonly<Record<string, string>>;
  /** A text is sent unchanged, anything else as JSON. */
  body?: Template;
  learn: Readonly<Record<string, HttpValue>>;
}

/** How Socket.IO is used. */
export interface SocketIoDescription {
  namespace?: string;
  /** Sent with the connect packet. */
  auth?: Template;
  /** Whether each request asks for an acknowledgement, which has the answer. */
  ack?: boolean;
}

/** A protocol as data. The JSON Schema explains each part; times are in seconds. */
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
  session?: SessionDescription;
  handshake?: readonly HandshakeStep[];
  framing?: 'socket.io';
  socket_io?: SocketIoDescription;
  frames?: 'json' | 'text' | 'mixed';
  /** Divides a message into frames. */
  separator?: string;
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
  cancel?: { send: Template; ends?: boolean };
  close?: { ends?: readonly number[]; errors?: Readonly<Record<string, string>> };
  connection?: {
    reuse?: 'pool' | 'answer' | 'conversation';
    in_flight?: number;
    max_age?: number;
    drain?: OneOrMore<When>;
    keepalive?: { send: Template; every: number };
    reply?: readonly { when: When; send: Template }[];
    ping?: boolean;
    binary?: boolean | 'ignore';
  };
  limits?: { frame?: number; connect?: number; first_token?: number; idle?: number; total?: number };
}
