import { type LlmError } from '../errors/llm-error.js';

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
  /** Passed through to the server where the protocol has a place for it. */
  metadata?: Readonly<Record<string, unknown>>;
}

/** Tokens as the server counted them; servers of the guide report the total alone. */
export interface LlmUsage {
  inputTokens?: number;
  outputTokens?: number;
  totalTokens?: number;
}

/** What the protocol's own end of an answer says. */
export interface ProtocolEnd {
  type: 'end';
  /** The whole answer, where the end repeats it; it wins over the pieces. */
  text?: string | undefined;
  /** A last piece that came with the end. */
  lastPiece?: string | undefined;
  usage?: LlmUsage | undefined;
  model?: string | undefined;
  /** The server's word, `completed` if it gave none. */
  finishReason: string;
  metadata?: Readonly<Record<string, unknown>> | undefined;
}

export type ProtocolEvent =
  { type: 'delta'; text: string } | ProtocolEnd | { type: 'error'; error: LlmError };

/** One received frame: what it means, and which request it belongs to where the server says so. */
export interface DecodedFrame {
  requestId?: string | undefined;
  /** Absent when the frame says nothing about an answer (a greeting, a keepalive). */
  event?: ProtocolEvent;
}

/** What identifies us to a server, sent while connecting. */
export interface LlmCredentials {
  apiKey?: string | undefined;
  apiVersion: string;
  clientId: string;
}

export interface EncodeContext {
  /** The model of the route, used when the request names none. */
  model: string;
  /** Present when the server echoes it in every frame of its answer. */
  requestId?: string;
  now: Date;
}

/** How a request becomes a frame and frames become events. Pure: knows no socket, clock or randomness. */
export interface LlmProtocol {
  readonly name: string;
  /** Headers of the WebSocket handshake. */
  headers(credentials: LlmCredentials): Record<string, string>;
  encode(request: LlmRequest, context: EncodeContext): string;
  /** Never throws: a frame that makes no sense is an error event. */
  decode(frame: string): DecodedFrame;
}
