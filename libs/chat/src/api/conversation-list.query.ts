import { IsText, PageQuery } from '#problems';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';

/** The query of `GET /api/conversations`. */
export class ConversationListQuery extends PageQuery {
  @ApiPropertyOptional({
    description:
      'Words in titles and messages: all of them, "a phrase", -excluded, OR; the last word may be incomplete',
  })
  @IsOptional()
  @IsText({ maxBytes: 1_000, notBlank: true })
  q?: string;
}
