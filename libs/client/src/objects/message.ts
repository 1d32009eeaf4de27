/** The status of an answer: `queued → in_progress → completed | failed | cancelled | incomplete`. */
export type Status = 'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled' | 'incomplete';

/** Tokens as the LLM counted them. */
export interface Usage {
  input_tokens: number | null;
  output_tokens: number | null;
  total_tokens: number | null;
}

/** A user's rating of an answer. */
export interface Feedback {
  rating: 'up' | 'down';
  comment?: string | null;
}

/** A message of the user or an answer of the LLM. */
export interface Message {
  id: string;
  conversation_id: string;
  /** The previous message of its branch; null for the first one. */
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
  /** The run that generated it; null for messages of the user. */
  run_id: string | null;
  metadata: Record<string, unknown>;
  /** Times are in ISO 8601. */
  created_at: string;
  completed_at: string | null;
  /** The messages with the same parent, including itself: at most 50 before and 50 after it, in order. Only in lists. */
  sibling_ids?: readonly string[];
  /** Whether there are more siblings than those in `sibling_ids`. */
  has_more_siblings?: boolean;
  feedback?: Feedback | null;
}
