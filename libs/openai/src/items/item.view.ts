import { type Message } from '#chat';
import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { resourceId } from '../ids/resource-ids.js';

class InputText {
  @ApiProperty({ enum: ['input_text'] })
  type!: 'input_text';

  @ApiProperty()
  text!: string;
}

class OutputText {
  @ApiProperty({ enum: ['output_text'] })
  type!: 'output_text';

  @ApiProperty()
  text!: string;

  @ApiProperty({ type: 'array', items: { type: 'object' }, maxItems: 0 })
  annotations!: [];

  @ApiProperty({ type: 'array', items: { type: 'object' }, maxItems: 0 })
  logprobs!: [];
}

const itemStatuses = ['in_progress', 'completed', 'incomplete'] as const;

abstract class Item {
  @ApiProperty({ example: 'msg_01a2…' })
  id!: string;

  @ApiProperty({ enum: ['message'] })
  type!: 'message';

  @ApiProperty({ enum: itemStatuses })
  status!: (typeof itemStatuses)[number];
}

/** A message as the OpenAI API shows it in the items of a conversation. */
@ApiExtraModels(InputText, OutputText)
export class MessageItem extends Item {
  @ApiProperty({ enum: ['user', 'assistant'] })
  role!: 'user' | 'assistant';

  @ApiProperty({
    type: 'array',
    items: { oneOf: [{ $ref: getSchemaPath(InputText) }, { $ref: getSchemaPath(OutputText) }] },
  })
  content!: (InputText | OutputText)[];
}

/** The output of a response: one message. */
export class OutputItem extends Item {
  @ApiProperty({ enum: ['assistant'] })
  role!: 'assistant';

  @ApiProperty({ type: [OutputText] })
  content!: OutputText[];
}

/** Converts a message to an item of the OpenAI API. */
export function itemView({ id, role, content, status }: Message): MessageItem {
  return {
    id: resourceId('msg', id),
    type: 'message',
    status: status === 'completed' ? 'completed' : hasEnded(status) ? 'incomplete' : 'in_progress',
    role,
    content: [
      role === 'user'
        ? { type: 'input_text', text: content }
        : { type: 'output_text', text: content, annotations: [], logprobs: [] },
    ],
  };
}

function hasEnded(status: Message['status']): boolean {
  return status !== 'queued' && status !== 'in_progress';
}
