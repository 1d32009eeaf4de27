import { type ProtocolContext } from './protocol-context.js';

/** What divides a message into frames. */
export interface FrameSeparator {
  text: string;
  /** Whether a text without the separator at its end is a whole frame, rather than the beginning of one. */
  isComplete: (text: string) => boolean;
}

/** How connections to the servers of a protocol are used. Times in milliseconds. */
export interface ConnectionRules {
  /**
   * How frames are matched to requests. `order`: one request at a time; by `requestId` if the route shares connections.
   * `ids`: by `requestId`, or by an `answerId` that an earlier frame contained together with it. Frames with neither
   * belong to the only request in flight; frames with unknown ids are dropped.
   */
  correlation: 'order' | 'ids';
  /**
   * Whether requests contain an id that servers may repeat, although frames are matched by `order`. A server that repeats
   * it in every frame of an answer needs no quiet period between two callers.
   */
  offersIds: boolean;
  /** Whether request ids are unique strings. Otherwise they are numbers from 1, unique among the connections of an endpoint. */
  uniqueIds: boolean;
  /** Most requests in flight on one connection, if the route shares connections. */
  maxInFlight: number;
  /**
   * `pool`: a connection carries requests of all callers. `answer`: it carries one request. `conversation`: the server
   * remembers the messages of a connection, so it carries only requests that continue the same conversation, without their
   * history.
   */
  reuse: 'pool' | 'answer' | 'conversation';
  /** Whether the address or the handshake names the model, so that a connection serves that model alone. */
  isForOneModel: boolean;
  /** Age at which a connection takes no more requests; up to 10 % less, at random, so that they do not all end at once. */
  maxAgeMs: number;
  /** A pause after a piece that ends an answer, in ms; undefined: only frames end it. */
  silenceEndMs: number | undefined;
  /** Whether the cancel frame itself ends an answer, because the server sends no end of a canceled answer. */
  cancelEnds: boolean;
  /** Close codes that end an answer normally, if it has a text. */
  endsOnClose: readonly number[];
  /** Error codes for close codes: `{ 1008: 'unauthorized' }`. */
  closeErrors: Readonly<Record<number, string>>;
  /** Whether binary frames contain text; otherwise a binary frame ends the connection, unless they are ignored. */
  binaryText: boolean;
  /** Whether binary frames are ignored. */
  ignoresBinary: boolean;
  /** Divides messages into frames; undefined: each message is a frame. */
  separator: FrameSeparator | undefined;
  /** Whether the server answers WebSocket pings. Otherwise none are sent, and a silent connection does not count as dead. */
  answersPings: boolean;
  /** A frame that keeps idle connections open, and its interval. */
  keepalive: { frame: (context: ProtocolContext) => string; everyMs: number } | undefined;
}

/** Limits of a protocol, instead of those of the client. Times in milliseconds. */
export interface ProtocolLimits {
  /** Largest frame, in bytes. */
  maxFrameBytes?: number | undefined;
  /** For a connect, including the protocol's handshake. */
  connectMs?: number | undefined;
  /** From the request to the first piece. */
  firstTokenMs?: number | undefined;
  /** Between two pieces. */
  idleMs?: number | undefined;
  /** For one attempt; the deadline of the request also applies. */
  totalMs?: number | undefined;
}

/** The rules of a protocol that defines none. */
export const connectionDefaults: ConnectionRules = {
  correlation: 'order',
  offersIds: false,
  uniqueIds: false,
  maxInFlight: Infinity,
  reuse: 'pool',
  isForOneModel: false,
  maxAgeMs: Infinity,
  silenceEndMs: undefined,
  cancelEnds: false,
  endsOnClose: [],
  closeErrors: {},
  binaryText: false,
  ignoresBinary: false,
  separator: undefined,
  answersPings: true,
  keepalive: undefined,
};
