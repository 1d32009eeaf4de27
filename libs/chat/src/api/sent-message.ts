import { ApiProperty } from '@nestjs/swagger';
import { Message } from '../model/message.entity.js';
import { RunView } from '../model/run.view.js';

/** The response to a message: the stored turn. */
export class SentMessage {
  @ApiProperty()
  message!: Message;

  @ApiProperty()
  reply!: Message;

  @ApiProperty()
  run!: RunView;
}
