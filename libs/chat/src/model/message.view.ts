import { ApiProperty } from '@nestjs/swagger';
import { FeedbackDto } from './feedback.dto.js';
import { Message } from './message.entity.js';

/** A message as lists show it. */
export class ListedMessage extends Message {
  @ApiProperty({
    type: [String],
    maxItems: 101,
    description:
      'The messages with the same parent in the order of seq, including itself: at most 50 before it and 50 after it',
  })
  sibling_ids!: string[];

  @ApiProperty({ description: 'There are siblings beyond those in sibling_ids' })
  has_more_siblings!: boolean;

  @ApiProperty({ type: FeedbackDto, nullable: true, description: 'The rating of the message by its reader' })
  feedback!: FeedbackDto | null;
}
