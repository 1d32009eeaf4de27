import { ToNumber } from '#problems';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsDefined, IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { IsMetadata } from '../input/metadata.js';
import { Ignored } from '../input/not-implemented.js';

const items = {
  type: 'array' as const,
  maxItems: 20,
  items: { type: 'object' as const },
  example: [{ type: 'message', role: 'user', content: 'hi' }],
  description: 'Messages of the user and the assistant',
};

/** The body of `POST /v1/conversations`. */
export class CreateConversationDto {
  @ApiPropertyOptional({ ...items, nullable: true })
  @IsOptional()
  items?: unknown;

  @IsMetadata()
  metadata?: Record<string, string> | null;
}

/** The body of `POST /v1/conversations/{id}`. */
export class UpdateConversationDto {
  @IsMetadata()
  metadata?: Record<string, string> | null;
}

/** The body of `POST /v1/conversations/{id}/items`. */
export class CreateItemsDto {
  @ApiProperty(items)
  @IsDefined()
  items!: unknown;
}

/** The query of `GET /v1/conversations/{id}/items`. */
export class ItemListQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 20 })
  @ToNumber()
  @Max(100)
  @Min(1)
  @IsInt()
  limit: number = 20;

  @ApiPropertyOptional({ description: 'Only items after the one with this id, in the requested order' })
  @IsOptional()
  @IsString()
  after?: string;

  @ApiPropertyOptional({ enum: ['asc', 'desc'], default: 'desc' })
  @IsIn(['asc', 'desc'])
  order: 'asc' | 'desc' = 'desc';

  @Ignored()
  include?: unknown;

  @Ignored()
  'include[]'?: unknown;
}
