import { type Message } from './message.entity.js';
import { type RunView } from './run.view.js';
import { type GenerationRequest } from './generation-request.js';

/** What a turn does when an answer is being generated in its conversation. */
export type OnBusy = 'reject' | 'queue' | 'interrupt';

/** A message that may already be there, and what makes sending it twice the same as once. */
export interface Idempotency {
  key: string;
  /** Of everything in the request that makes a difference. */
  hash: string;
}

/** A message that wants an answer. */
export interface TurnRequest {
  owner: string;
  /** A new conversation is opened if left out. */
  conversationId?: string | undefined;
  /** Undefined: after the newest message; null: the first message of a new branch. */
  parentId?: string | null | undefined;
  /** What the user says; left out for another answer to the message `parentId`. */
  userMessage?: { id: string | undefined; content: string } | undefined;
  generation: GenerationRequest;
  onBusy: OnBusy;
  idempotency?: Idempotency | undefined;
}

/** A turn as it stands in the database: nothing of it can be lost any more. */
export interface Turn {
  /** The owner of the conversation. */
  owner: string;
  user: Message;
  reply: Message;
  run: RunView;
  /** Names this replica's hold on the run. */
  fence: number;
}
