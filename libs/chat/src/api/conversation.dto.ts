import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsJsonObject, IsText } from '#problems';
import { IsOptional } from 'class-validator';

/** Longest title, in bytes of UTF-8. */
const maxTitleBytes = 1_000;

/** The body of `POST /api/conversations`. */
export class CreateConversationDto {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: maxTitleBytes,
    description: 'Made from the first message if left out',
  })
  @IsOptional()
  @IsText({ maxBytes: maxTitleBytes, notBlank: true })
  title?: string | null;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  @IsOptional()
  @IsJsonObject()
  metadata?: Record<string, unknown> | null;
}

/** The body of `PATCH /api/conversations/{id}`. Fields left out stay unchanged; `title: null` removes the title. */
export class UpdateConversationDto extends CreateConversationDto {}
