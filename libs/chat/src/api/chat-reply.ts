import { ApiProperty, PickType } from '@nestjs/swagger';
import { Message } from '../model/message.entity.js';
import { type Turn } from '../model/turn.js';

/** The response of `POST /api/chat`. */
export class ChatReply extends PickType(Message, [
  'conversation_id',
  'tokens_used',
  'model',
  'finish_reason',
  'source',
]) {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty()
  response!: string;

  @ApiProperty({ format: 'uuid', description: "The assistant's message" })
  message_id!: string;

  @ApiProperty({ format: 'uuid' })
  run_id!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Metadata that the LLM server added to its answer',
  })
  metadata!: Record<string, unknown>;
}

/** The response for a completed turn. */
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
