import { type Turn } from '../turns/turn.js';

/** The answer of `POST /api/chat`. */
export interface ChatReply {
  success: true;
  response: string;
  tokens_used: number | null;
  model: string | null;
  finish_reason: string | null;
  source: 'primary' | 'fallback' | null;
  conversation_id: string;
  /** The assistant's message. */
  message_id: string;
  run_id: string;
  /** What the LLM server added to its answer. */
  metadata: Record<string, unknown>;
}

export function chatReply({ reply, run }: Turn): ChatReply {
  return {
    success: true,
    response: reply.content,
    tokens_used: reply.tokens_used,
    model: reply.model,
    finish_reason: reply.finish_reason,
    source: reply.source,
    conversation_id: reply.conversation_id,
    message_id: reply.id,
    run_id: run.id,
    metadata: reply.metadata,
  };
}
