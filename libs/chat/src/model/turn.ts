import { type Message } from './message.entity.js';
import { type RunView } from './run.view.js';
import { type GenerationRequest } from './generation-request.js';

/** What a turn does while an answer is being generated in its conversation: fail with 409, wait, or cancel and replace it. */
export type OnBusy = 'reject' | 'queue' | 'interrupt';

/** What identifies a repeated request. */
export interface Idempotency {
  /** The `Idempotency-Key` header. */
  key: string;
  /** SHA-256, in base64url, of the parts of the request that must be equal under one key. */
  hash: string;
}

/** A turn to begin. */
export interface TurnRequest {
  owner: string;
  /** A new conversation is created if left out. */
  conversationId?: string | undefined;
  /** Undefined: the newest message; null: the message starts a branch without a parent. */
  parentId?: string | null | undefined;
  /** The user's message, with an id if the client chose it; left out to answer the message `parentId` again. */
  userMessage?: { id: string | undefined; content: string } | undefined;
  generation: GenerationRequest;
  onBusy: OnBusy;
  idempotency?: Idempotency | undefined;
}

/** A stored turn: a user's message, its answer and the run that generates it. */
export interface Turn {
  /** The owner of the conversation. */
  owner: string;
  user: Message;
  reply: Message;
  run: RunView;
  /** The fencing token with which this replica writes to the run. */
  fence: number;
}
