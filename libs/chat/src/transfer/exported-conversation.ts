import { IsJsonObject, IsText, IsTimestamp } from '#problems';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { Equals, IsIn, IsInt, IsObject, IsOptional, IsUUID, Max, Min, ValidateNested } from 'class-validator';
import { FeedbackDto } from '../model/feedback.dto.js';
import { type MessageRole, type RunStatus, runStatuses, Usage } from '../model/message.entity.js';
import { transferLimits } from './transfer-limits.js';

/** The value of `format` in exported documents. */
export const exportFormat = 'parley.conversation.v1';

class ExportedUsage extends Usage {
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(2_147_483_647)
  declare input_tokens: number | null;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(2_147_483_647)
  declare output_tokens: number | null;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(2_147_483_647)
  declare total_tokens: number | null;
}

/** A message in an export. Its id is referred to by `parent_id`; an import assigns new ids. */
export class ExportedMessage {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('all')
  id!: string;

  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'An earlier message of the list',
  })
  @IsOptional()
  @IsUUID('all')
  parent_id?: string | null;

  @ApiProperty({ enum: ['user', 'assistant'] })
  @IsIn(['user', 'assistant'])
  role!: MessageRole;

  @ApiProperty()
  @IsText({ maxBytes: transferLimits.maxContentBytes })
  content!: string;

  @ApiPropertyOptional({ enum: runStatuses })
  @IsOptional()
  @IsIn(runStatuses)
  status?: RunStatus;

  @ApiPropertyOptional({ type: String, nullable: true })
  @IsOptional()
  @IsText({ maxBytes: 1_000 })
  model?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true })
  @IsOptional()
  @IsText({ maxBytes: 1_000 })
  finish_reason?: string | null;

  @ApiPropertyOptional({ type: 'integer', nullable: true })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(2_147_483_647)
  tokens_used?: number | null;

  @ApiPropertyOptional({ type: ExportedUsage, nullable: true })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ExportedUsage)
  usage?: ExportedUsage | null;

  @ApiPropertyOptional({ type: String, enum: ['primary', 'fallback', null], nullable: true })
  @IsOptional()
  @IsIn(['primary', 'fallback'])
  source?: 'primary' | 'fallback' | null;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  @IsOptional()
  @IsJsonObject()
  metadata?: Record<string, unknown>;

  @ApiPropertyOptional({ type: FeedbackDto, nullable: true })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => FeedbackDto)
  feedback?: FeedbackDto | null;

  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsTimestamp()
  created_at?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true })
  @IsOptional()
  @IsTimestamp()
  completed_at?: string | null;
}

/** An exported conversation without its messages. */
export class ExportedHead {
  @ApiProperty({ enum: [exportFormat] })
  @Equals(exportFormat)
  format!: typeof exportFormat;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 1_000 })
  @IsOptional()
  @IsText({ maxBytes: 1_000, notBlank: true })
  title?: string | null;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  @IsOptional()
  @IsJsonObject()
  metadata?: Record<string, unknown>;
}

/** The document of exports and imports. Messages are validated one by one while the document is read. */
export class ExportedConversation extends ExportedHead {
  @ApiProperty({
    type: [ExportedMessage],
    maxItems: transferLimits.maxMessages,
    description: 'In order; each after its parent',
  })
  messages!: ExportedMessage[];
}
