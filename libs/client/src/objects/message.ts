/** `queued → in_progress → completed | failed | cancelled | incomplete` */
export type Status = 'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled' | 'incomplete';

/** Tokens as the LLM counted them. */
export interface Usage {
  input_tokens: number | null;
  output_tokens: number | null;
  total_tokens: number | null;
}

/** What a reader thought of an answer. */
export interface Feedback {
  rating: 'up' | 'down';
  comment?: string | null;
}

/** What a user or the LLM said. */
export interface Message {
  id: string;
  conversation_id: string;
  /** The message before it in its branch; null for a first one. */
  parent_id: string | null;
  /** Order within the conversation, from 1. */
  seq: number;
  role: 'user' | 'assistant';
  content: string;
  status: Status;
  model: string | null;
  finish_reason: string | null;
  tokens_used: number | null;
  usage: Usage | null;
  /** Where an answer came from: `fallback` is another route or a canned reply. */
  source: 'primary' | 'fallback' | null;
  /** The run that made it; null for what a user said. */
  run_id: string | null;
  metadata: Record<string, unknown>;
  /** ISO 8601. */
  created_at: string;
  completed_at: string | null;
  /** The messages with the same parent, in their order, itself included: at most 50 before and 50 after it; in lists only. */
  sibling_ids?: readonly string[];
  /** There are siblings beyond those in `sibling_ids`. */
  has_more_siblings?: boolean;
  feedback?: Feedback | null;
}
