import { ApiProperty } from '@nestjs/swagger';
import { ConversationView } from '../model/conversation.view.js';
import { leftOutKinds, type LeftOutKind } from './foreign/left-out.js';
import { type ImportFormat } from './import-format.js';

/** A kind of part of a document that was not imported. */
export class LeftOutPart {
  @ApiProperty({ enum: Object.keys(leftOutKinds) })
  kind!: LeftOutKind;

  @ApiProperty({ type: 'integer', minimum: 1 })
  count!: number;

  @ApiProperty({ description: 'What the kind means, in English' })
  description!: string;
}

/** What an import stored, and what it left out. */
export class ImportReport {
  @ApiProperty({ enum: ['parley', 'chatgpt', 'open_webui', 'librechat'] })
  format!: ImportFormat;

  @ApiProperty({
    type: [String],
    description: 'The ids of the new conversations, in the order of the document',
  })
  conversation_ids!: string[];

  @ApiProperty({ type: 'integer', description: 'The number of messages that were stored' })
  message_count!: number;

  @ApiProperty({ type: [LeftOutPart], description: 'What was not stored' })
  left_out!: LeftOutPart[];
}

/** The response to an import: the first conversation, and the report. */
export class ImportedConversation extends ConversationView {
  @ApiProperty({ type: ImportReport })
  import!: ImportReport;
}
