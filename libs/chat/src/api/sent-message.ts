import { ApiProperty } from '@nestjs/swagger';
import { Message } from '../model/message.entity.js';
import { RunView } from '../model/run.view.js';

/** A turn that was waited for. */
export class SentMessage {
  @ApiProperty()
  message!: Message;

  @ApiProperty()
  reply!: Message;

  @ApiProperty()
  run!: RunView;
}
