import { PickType } from '@nestjs/swagger';
import { Conversation } from './conversation.entity.js';

/** A conversation as the API shows it. */
export class ConversationView extends PickType(Conversation, [
  'id',
  'title',
  'metadata',
  'active_run_id',
  'created_at',
  'updated_at',
]) {}

/** The conversation without the columns that only the server needs. */
export function conversationView(conversation: Conversation): ConversationView {
  const { id, title, metadata, active_run_id, created_at, updated_at } = conversation;
  return { id, title, metadata, active_run_id, created_at, updated_at };
}
