import { IsText, PageQuery } from '#problems';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';

/** The query of `GET /api/conversations`. */
export class ConversationListQuery extends PageQuery {
  @ApiPropertyOptional({
    description:
      'Words of titles and messages: all of them, "in a row", -excluded, OR; the last one may be only begun',
  })
  @IsOptional()
  @IsText({ maxBytes: 1_000, notBlank: true })
  q?: string;
}
