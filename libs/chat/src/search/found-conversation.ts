import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ConversationView } from '../model/conversation.view.js';

/** A piece of a text that was searched. */
export class SnippetPart {
  @ApiProperty()
  text!: string;

  @ApiProperty({ description: 'It is what was looked for' })
  hit!: boolean;
}

/** Where a conversation was found. */
export class SearchMatch {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null: in the title' })
  message_id!: string | null;

  @ApiProperty({ type: [SnippetPart] })
  snippet!: SnippetPart[];
}

/** A conversation as lists show it. */
export class FoundConversation extends ConversationView {
  @ApiPropertyOptional({ type: [SearchMatch], description: 'With `q`: where it was found' })
  matches?: SearchMatch[];
}
