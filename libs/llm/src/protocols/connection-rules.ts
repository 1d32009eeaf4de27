import { type ProtocolContext } from './protocol-context.js';

/** How a server's connections have to be treated. Times in milliseconds. */
export interface ConnectionRules {
  /**
   * How it is known whose answer a frame is. `order`: one request at a time, unless the route shares connections, and
   * then by `requestId`. `ids`: by `requestId`, or by an `answerId` that came together with one; frames that name
   * neither are of the only request in flight, frames with other names are somebody else's and are dropped.
   */
  correlation: 'order' | 'ids';
  /**
   * Whether a request has an id that the server may repeat, also where requests do not share connections and `order`
   * holds. A server that repeats it in every frame of an answer needs no quiet period between two callers.
   */
  offersIds: boolean;
  /** Whether request ids are texts that no other process uses. Else they are numbers, counted from 1 over all connections of an endpoint. */
  uniqueIds: boolean;
  /** Most requests that the server takes on one connection at once, if the route shares connections. */
  maxInFlight: number;
  /**
   * `pool`: a connection carries anybody's requests, one after another. `answer`: one request, then it is closed.
   * `conversation`: the server remembers what was said on a connection: it is used again by who goes on from there,
   * and then the request is sent without its history.
   */
  reuse: 'pool' | 'answer' | 'conversation';
  /** Does the address or the handshake name the model? Then a connection serves that model alone. */
  isForOneModel: boolean;
  /** A connection as old as this takes no more requests; up to a tenth earlier, so that not all end at once. */
  maxAgeMs: number;
  /** Close codes that end an answer of which something has come. */
  endsOnClose: readonly number[];
  /** What close codes mean, in the words of server errors: `{ 1008: 'unauthorized' }`. */
  closeErrors: Readonly<Record<number, string>>;
  /** Are binary frames text, too? Else a connection is cut at one. */
  binaryText: boolean;
  /** Does the server answer WebSocket pings? Else it is not pinged, and a silent connection is not taken for dead. */
  answersPings: boolean;
  /** A frame that keeps the server from closing an idle connection, and how often it is sent. */
  keepalive: { frame: (context: ProtocolContext) => string; everyMs: number } | undefined;
}

/** Limits that such servers need instead of the client's. */
export interface ProtocolLimits {
  /** Largest frame, in bytes. */
  maxFrameBytes?: number | undefined;
  /** For a connection to open, the protocol's handshake included. */
  connectMs?: number | undefined;
  firstTokenMs?: number | undefined;
  idleMs?: number | undefined;
  /** For one attempt; the request's own deadline holds beside it. */
  totalMs?: number | undefined;
}

/** What holds where a protocol says nothing. */
export const connectionDefaults: ConnectionRules = {
  correlation: 'order',
  offersIds: false,
  uniqueIds: false,
  maxInFlight: Infinity,
  reuse: 'pool',
  isForOneModel: false,
  maxAgeMs: Infinity,
  endsOnClose: [],
  closeErrors: {},
  binaryText: false,
  answersPings: true,
  keepalive: undefined,
};
