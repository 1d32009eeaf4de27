import { ApiProperty } from '@nestjs/swagger';
import { Message } from '../messages/message.entity.js';
import { RunView } from '../runs/run.view.js';

/** A turn that was waited for. */
export class SentMessage {
  @ApiProperty()
  message!: Message;

  @ApiProperty()
  reply!: Message;

  @ApiProperty()
  run!: RunView;
}
