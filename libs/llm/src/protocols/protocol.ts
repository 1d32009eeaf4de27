import { type LlmError } from '../errors/llm-error.js';
import { type EmptyAnswerPolicy } from './empty-answer.js';
import { type ConnectionRules, type ProtocolLimits } from './connection-rules.js';
import { type LlmCredentials, type ProtocolContext, type ProtocolVariable } from './protocol-context.js';

export type LlmRole = 'system' | 'user' | 'assistant';

export interface LlmMessage {
  role: LlmRole;
  content: string;
}

/** One question to an LLM, free of any protocol. */
export interface LlmRequest {
  /** The newest user message. */
  message: string;
  /** What was said before it, oldest first. */
  history?: readonly LlmMessage[];
  conversationId?: string;
  /** Overrides the route's model. */
  model?: string | undefined;
  /** Most tokens to generate. */
  maxTokens?: number | undefined;
  temperature?: number | undefined;
  /** Ask the server for its answer piece by piece? */
  stream: boolean;
  /**
   * Whose request it is: any stable key. Connections and waiting places are shared between owners
   * (`transport.ownerShare`). Left out: only the bounds of all requests together apply.
   */
  owner?: string | undefined;
  /** Passed through to the server where the protocol has a place for it. */
  metadata?: Readonly<Record<string, unknown>>;
}

/** Tokens as the server counted them; servers of the guide report the total alone. */
export interface LlmUsage {
  inputTokens?: number;
  outputTokens?: number;
  totalTokens?: number;
}

/** Longest model name and finish reason that are taken from a server, in characters. */
export const maxNameLength = 200;

/** What a server says about an answer beside its text. */
export interface AnswerFacts {
  usage?: LlmUsage | undefined;
  model?: string | undefined;
  /** The server's word. */
  finishReason?: string | undefined;
  metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** What the protocol's own end of an answer says. Facts that came before it need not be said again. */
export interface ProtocolEnd extends AnswerFacts {
  type: 'end';
  /** The whole answer, where the end repeats it; it wins over the pieces. */
  text?: string | undefined;
  /** A last piece that came with the end. */
  lastPiece?: string | undefined;
}

export interface ProtocolError {
  type: 'error';
  error: LlmError;
  /**
   * Whom it concerns: the answer that the frame belongs to, every answer on the connection, which is then closed, or
   * nobody. `answer` if left out.
   */
  reach?: 'answer' | 'connection' | 'nobody' | undefined;
}

export type ProtocolEvent =
  /** A piece, to be added to those before. */
  | { type: 'delta'; text: string }
  /** The whole answer so far. */
  | { type: 'text'; text: string }
  | ProtocolEnd
  | ProtocolError;

/** Values that a server gave and wants to see again: a session, a thread. Keys are the protocol's own. */
export type Learned = Readonly<Record<string, unknown>>;

/** One received frame: what it means, and which request it belongs to where the server says so. */
export interface DecodedFrame {
  /** The name that we gave the request. */
  requestId?: string | undefined;
  /** The name that the server gave its answer. */
  answerId?: string | undefined;
  /** Absent when the frame says nothing about an answer's text (a greeting, a keepalive). */
  event?: ProtocolEvent | undefined;
  /** Said beside the event, or in a frame of its own. */
  facts?: AnswerFacts | undefined;
  /** Kept for the request that the frame belongs to. */
  learned?: Learned | undefined;
  /** What that request sends next, where it takes more than one frame. */
  next?: ((request: LlmRequest, context: EncodeContext) => string | readonly string[]) | undefined;
  /** Sent back at once, for the connection's sake. */
  reply?: string | undefined;
  /** The server will soon close the connection: it takes no more requests. */
  drain?: boolean | undefined;
}

export interface EncodeContext extends ProtocolContext {
  /** Present when the server repeats it in its frames. */
  requestId?: string | undefined;
  /** What handshake and frames have taught so far. */
  learned: Learned;
  /** The server's name for the answer, once it is known. */
  answerId?: string | undefined;
}

/** Where to connect to, and with what. */
export interface DialTarget {
  url: string;
  headers: Readonly<Record<string, string>>;
  subprotocols: readonly string[];
}

/**
 * The first exchange on a new connection: yields the frames to send, is given the next frame that comes, and returns
 * when requests may be sent. Throws the LlmError with which the server refuses.
 */
export type Handshake = Generator<readonly string[], HandshakeEnd | void, string>;

export interface HandshakeEnd {
  /** Kept for all requests on the connection. */
  learned?: Learned | undefined;
  /** A last word that no answer is waited for. */
  send?: readonly string[] | undefined;
}

/**
 * How a request becomes frames, and frames become events. Pure: knows no socket, clock or randomness, and keeps
 * nothing between two calls. {@link encode} and {@link decode} are all that a plain protocol needs.
 */
export interface LlmProtocol {
  readonly name: string;
  /** Where its servers differ from `connectionDefaults`. */
  readonly connection?: Partial<ConnectionRules>;
  readonly limits?: ProtocolLimits;
  /** `accept` if servers end answers without text on purpose; a route's own setting has precedence. */
  readonly emptyAnswer?: EmptyAnswerPolicy | undefined;
  readonly variables?: Readonly<Record<string, ProtocolVariable>>;
  /** Fixed values of the protocol itself that must not be shown, such as a token in a header. */
  readonly secrets?: readonly string[];
  /** Headers of the WebSocket handshake; if left out, `Authorization: Bearer` with the API key. */
  headers?(credentials: LlmCredentials): Record<string, string>;
  /** Changes the address at every connect, to sign it or to put a key into it. */
  sign?(target: DialTarget, context: ProtocolContext): DialTarget | Promise<DialTarget>;
  handshake?(context: ProtocolContext): Handshake;
  /** One frame, or several in their order. */
  encode(request: LlmRequest, context: EncodeContext): string | readonly string[];
  /** A frame that makes no sense may be told by an error event, or by throwing. */
  decode(frame: string): DecodedFrame;
  /** The frame that ends an answer early; undefined if the connection has to be closed for that. */
  cancel?(request: LlmRequest, context: EncodeContext): string | undefined;
}
