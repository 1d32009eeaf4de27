import { IsText } from '#problems';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';

/** The rating of a message by its reader. */
export class FeedbackDto {
  @ApiProperty({ enum: ['up', 'down'] })
  @IsIn(['up', 'down'])
  rating!: 'up' | 'down';

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 4_000 })
  @IsOptional()
  @IsText({ maxBytes: 4_000 })
  comment?: string | null;
}
