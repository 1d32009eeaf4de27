import { IsJsonObject, IsText } from '#problems';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  Equals,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsUUID,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { FeedbackDto } from '../feedback/feedback.dto.js';
import { type MessageRole, type RunStatus, runStatuses, Usage } from '../messages/message.entity.js';

export const exportFormat = 'parley.conversation.v1';

const maxMessages = 100_000;
const maxAnswerBytes = 16 * 1024 * 1024;

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

/** A message in an export. Ids tie messages together; an import gives new ones. */
export class ExportedMessage {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('all')
  id!: string;

  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'A message before it in the list',
  })
  @IsOptional()
  @IsUUID('all')
  parent_id?: string | null;

  @ApiProperty({ enum: ['user', 'assistant'] })
  @IsIn(['user', 'assistant'])
  role!: MessageRole;

  @ApiProperty()
  @IsText({ maxBytes: maxAnswerBytes })
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
  @IsISO8601({ strict: true })
  created_at?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true })
  @IsOptional()
  @IsISO8601({ strict: true })
  completed_at?: string | null;
}

/** A conversation as a document: what an export gives and an import takes. */
export class ExportedConversation {
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

  @ApiProperty({ type: [ExportedMessage], description: 'In their order; each after its parent' })
  @IsArray()
  @ArrayMaxSize(maxMessages)
  // A list in the list would pass for a message whose parts are all well.
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ExportedMessage)
  messages!: ExportedMessage[];
}
