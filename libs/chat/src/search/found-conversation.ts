import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ConversationView } from '../model/conversation.view.js';

/** A part of a snippet. */
export class SnippetPart {
  @ApiProperty()
  text!: string;

  @ApiProperty({ description: 'Whether this part matches the search' })
  hit!: boolean;
}

/** A match in a conversation. */
export class SearchMatch {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null for a match in the title' })
  message_id!: string | null;

  @ApiProperty({ type: [SnippetPart] })
  snippet!: SnippetPart[];
}

/** A conversation in a list. */
export class FoundConversation extends ConversationView {
  @ApiPropertyOptional({ type: [SearchMatch], description: 'With `q`: the matches' })
  matches?: SearchMatch[];
}
