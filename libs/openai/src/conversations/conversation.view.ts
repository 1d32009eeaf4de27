import { type Conversation } from '#chat';
import { ApiProperty } from '@nestjs/swagger';
import { resourceId } from '../ids/resource-ids.js';

/** A conversation as the OpenAI API shows it. */
export class ConversationObject {
  @ApiProperty({ example: 'conv_01a2…' })
  id!: string;

  @ApiProperty({ enum: ['conversation'] })
  object!: 'conversation';

  @ApiProperty({ type: 'integer', description: 'Seconds since 1970' })
  created_at!: number;

  @ApiProperty({ type: 'object', additionalProperties: true })
  metadata!: object;
}

/** The response of `DELETE /v1/conversations/{id}`. */
export class DeletedConversation {
  @ApiProperty()
  id!: string;

  @ApiProperty({ enum: ['conversation.deleted'] })
  object!: 'conversation.deleted';

  @ApiProperty({ enum: [true] })
  deleted!: true;
}

/** Converts a conversation to its form in the OpenAI API. */
export function conversationObject({ id, created_at, metadata }: Conversation): ConversationObject {
  return {
    id: resourceId('conv', id),
    object: 'conversation',
    created_at: Math.floor(created_at.getTime() / 1_000),
    metadata,
  };
}
