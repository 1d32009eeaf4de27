import { type LlmFrameError } from '../errors/answer-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { type EmptyAnswerPolicy } from './empty-answer.js';
import { type ConnectionRules, type ProtocolLimits } from './connection-rules.js';
import { type LlmSampling } from './sampling.js';
import { type LlmCredentials, type ProtocolContext, type ProtocolVariable } from './protocol-context.js';
import { type SessionRequest } from './session-request.js';

/** The role of a message. */
export type LlmRole = 'system' | 'user' | 'assistant';

/** A message of a conversation. */
export interface LlmMessage {
  role: LlmRole;
  content: string;
}

/** A request to an LLM, independent of the protocol. */
export interface LlmRequest {
  /** The newest user message. */
  message: string;
  /** The messages before it, oldest first. */
  history?: readonly LlmMessage[];
  conversationId?: string;
  /** The id of the newest user message. */
  messageId?: string | undefined;
  /** The id of the message before it; undefined if it is the first one. */
  parentId?: string | undefined;
  /** Overrides the route's model. */
  model?: string | undefined;
  /** Most tokens to generate. */
  maxTokens?: number | undefined;
  temperature?: number | undefined;
  sampling?: LlmSampling | undefined;
  /** Whether the server should stream the answer. */
  stream: boolean;
  /**
   * Any stable key of the caller. Connections and queue slots are shared between owners (`transport.ownerShare`). Without
   * an owner only the bounds of all requests together apply.
   */
  owner?: string | undefined;
  /** Passed to the server if the protocol has a field for it. */
  metadata?: Readonly<Record<string, unknown>>;
}

/** Token counts of the server; servers of the guide protocol report only the total. */
export interface LlmUsage {
  inputTokens?: number;
  outputTokens?: number;
  totalTokens?: number;
}

/** Longest model name and finish reason that are accepted from a server, in characters. */
export const maxNameLength = 200;

/** Facts about an answer other than its text. */
export interface AnswerFacts {
  usage?: LlmUsage | undefined;
  model?: string | undefined;
  /** The value from the server. */
  finishReason?: string | undefined;
  metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** The end of an answer, as the protocol marks it. Facts of earlier frames need not be repeated. */
export interface ProtocolEnd extends AnswerFacts {
  type: 'end';
  /** The whole answer, if the end repeats it; it takes precedence over the pieces. */
  text?: string | undefined;
  /** A last piece in the same frame. */
  lastPiece?: string | undefined;
}

/** An error that the server reports in a frame. */
export interface ProtocolError {
  type: 'error';
  error: LlmError;
  /**
   * What the error ends. `answer` (the default): the answer that the frame belongs to. `connection`: every answer on the
   * connection, which is then closed. `nobody`: nothing, the error is ignored.
   */
  reach?: 'answer' | 'connection' | 'nobody' | undefined;
  /** The end frame of the answer follows the error. The connection carries no other request until then. */
  isFollowedByEnd?: boolean | undefined;
}

/** What a frame contains of an answer. */
export type ProtocolEvent =
  /** A piece to append. */
  | { type: 'delta'; text: string }
  /** The whole answer so far. */
  | { type: 'text'; text: string }
  | ProtocolEnd
  | ProtocolError;

/** Values from a server that later frames repeat, such as a session or thread id, by names of the protocol. */
export type Learned = Readonly<Record<string, unknown>>;

/** A valid frame without any meaning in the protocol, such as a greeting or a keepalive that the protocol does not know. */
export interface UnknownFrame {
  /** What the frame is instead, with its start. Fails the answer if the frame cannot be passed over. */
  error: LlmFrameError;
  /**
   * Whether the frame has a key of an answer, so that a part of the answer may be in it. Such a frame is passed over only
   * before the first piece.
   */
  isOfAnswer: boolean;
}

/** A decoded frame: its meaning, and the request that it belongs to if it has an id. */
export interface DecodedFrame {
  /** The id of the request, as the client assigned it. */
  requestId?: string | undefined;
  /** The id of the answer, as the server assigned it. */
  answerId?: string | undefined;
  /** Undefined if the frame contains no part of an answer, such as a greeting or a keepalive. */
  event?: ProtocolEvent | undefined;
  /** Set if the protocol does not know the frame; then nothing else of it is used except the ids. */
  unknown?: UnknownFrame | undefined;
  /** Facts about the answer, with the event or in a frame of their own. */
  facts?: AnswerFacts | undefined;
  /** Values to save for the request that the frame belongs to. */
  learned?: Learned | undefined;
  /** Encodes the next frames of that request, if it needs more than one step. */
  next?: ((request: LlmRequest, context: EncodeContext) => string | readonly string[]) | undefined;
  /** A frame to send back immediately, such as a pong. */
  reply?: string | undefined;
  /** The server has announced that it will close the connection, which takes no more requests. */
  drain?: boolean | undefined;
}

/** The connection and the state of the request for which a protocol encodes frames. */
export interface EncodeContext extends ProtocolContext {
  /** The id to send; undefined if servers do not repeat it. */
  requestId?: string | undefined;
  /** Values that the handshake and earlier frames have saved. */
  learned: Learned;
  /** The server's id of the answer, once known. */
  answerId?: string | undefined;
}

/** The address, headers and subprotocols of a connection. */
export interface DialTarget {
  url: string;
  headers: Readonly<Record<string, string>>;
  subprotocols: readonly string[];
}

/**
 * The handshake of a protocol on a new connection: yields frames to send, receives the next frame of the server, and
 * returns when requests can be sent. Throws an LlmError if the server rejects the connection.
 */
export type Handshake = Generator<readonly string[], HandshakeEnd | void, string>;

/** The result of a handshake. */
export interface HandshakeEnd {
  /** Values to save for all requests on the connection. */
  learned?: Learned | undefined;
  /** Final frames, to which no response is expected. */
  send?: readonly string[] | undefined;
}

/**
 * Encodes requests as frames, and decodes frames into events. Pure: uses no socket, clock or randomness, and keeps no
 * state between calls. {@link encode} and {@link decode} are enough for a simple protocol.
 */
export interface LlmProtocol {
  readonly name: string;
  /** Connection rules that differ from `connectionDefaults`. */
  readonly connection?: Partial<ConnectionRules>;
  readonly limits?: ProtocolLimits;
  /**
   * Whether servers send every answer in pieces, because requests do not say whether to stream. Then the limit of the first
   * piece applies to plain answers, too.
   */
  readonly streamsAlways?: boolean | undefined;
  /** `accept` if servers send empty answers intentionally; the setting of a route takes precedence. */
  readonly emptyAnswer?: EmptyAnswerPolicy | undefined;
  readonly variables?: Readonly<Record<string, ProtocolVariable>>;
  /** Fixed secrets of the protocol itself, such as a token in a header. */
  readonly secrets?: readonly string[];
  /** Headers of the WebSocket handshake; default: `Authorization: Bearer` with the API key. */
  headers?(credentials: LlmCredentials): Record<string, string>;
  /** An HTTP request before each connection. */
  readonly session?: SessionRequest;
  /** Changes the address at every connect, for example to sign it or to add a key. */
  sign?(target: DialTarget, context: ProtocolContext): DialTarget | Promise<DialTarget>;
  /** Creates the handshake of a new connection. */
  handshake?(context: ProtocolContext): Handshake;
  /** Encodes a request as one frame, or several in order. */
  encode(request: LlmRequest, context: EncodeContext): string | readonly string[];
  /** Decodes a frame. For an invalid frame it may return an error event or throw. */
  decode(frame: string): DecodedFrame;
  /** Encodes the frame that cancels an answer; undefined if the connection must be closed instead. */
  cancel?(request: LlmRequest, context: EncodeContext): string | undefined;
}
