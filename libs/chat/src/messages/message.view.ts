import { ApiProperty } from '@nestjs/swagger';
import { FeedbackDto } from '../feedback/feedback.dto.js';
import { Message } from './message.entity.js';

/** A message as lists show it. */
export class ListedMessage extends Message {
  @ApiProperty({
    type: [String],
    description:
      'The messages with the same parent, in the order of seq, itself included: the ways that the conversation went here',
  })
  sibling_ids!: string[];

  @ApiProperty({ type: FeedbackDto, nullable: true, description: 'What its reader thought of it' })
  feedback!: FeedbackDto | null;
}
