import { type Message } from '#chat';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { resourceId } from '../ids/resource-ids.js';

class TextPart {
  @ApiProperty({ enum: ['input_text', 'output_text'] })
  type!: 'input_text' | 'output_text';

  @ApiProperty()
  text!: string;

  @ApiPropertyOptional({ type: 'array', items: { type: 'object' }, maxItems: 0 })
  annotations?: [];

  @ApiPropertyOptional({ type: 'array', items: { type: 'object' }, maxItems: 0 })
  logprobs?: [];
}

/** A message as the OpenAI API shows it among the items of a conversation or of a response. */
export class MessageItem {
  @ApiProperty({ example: 'msg_01a2…' })
  id!: string;

  @ApiProperty({ enum: ['message'] })
  type!: 'message';

  @ApiProperty({ enum: ['in_progress', 'completed', 'incomplete'] })
  status!: 'in_progress' | 'completed' | 'incomplete';

  @ApiProperty({ enum: ['user', 'assistant'] })
  role!: 'user' | 'assistant';

  @ApiProperty({ type: [TextPart] })
  content!: TextPart[];
}

export function itemView({ id, role, content, status }: Message): MessageItem {
  return {
    id: resourceId('msg', id),
    type: 'message',
    status: status === 'completed' ? 'completed' : isOver(status) ? 'incomplete' : 'in_progress',
    role,
    content: [
      role === 'user'
        ? { type: 'input_text', text: content }
        : { type: 'output_text', text: content, annotations: [], logprobs: [] },
    ],
  };
}

function isOver(status: Message['status']): boolean {
  return status !== 'queued' && status !== 'in_progress';
}
