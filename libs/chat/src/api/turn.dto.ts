import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsJsonObject, IsText } from '#problems';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsUUID,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { maxMessageBytes } from '../options/chat-options.js';
import { type OnBusy } from '../model/turn.js';

/** The settings of a generation. */
export class GenerationSettings {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 1_000_000,
    description: 'Most tokens to generate',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  max_tokens?: number;

  @ApiPropertyOptional({ minimum: 0, maximum: 2 })
  @IsOptional()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(0)
  @Max(2)
  temperature?: number;

  @ApiPropertyOptional({ description: 'Respond with an event stream' })
  @IsOptional()
  @IsBoolean()
  stream?: boolean;

  @ApiPropertyOptional({
    enum: ['allowed', 'never'],
    default: 'allowed',
    description:
      'never: an answer that is interrupted ends as incomplete instead of starting over at another server',
  })
  @IsOptional()
  @IsIn(['allowed', 'never'])
  restart?: 'allowed' | 'never';
}

/** The members of every body that begins a turn, besides the message. */
class TurnDto {
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'Passed on to the LLM server',
  })
  @IsOptional()
  @IsJsonObject()
  metadata?: Record<string, unknown>;

  @ApiPropertyOptional({ type: GenerationSettings })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => GenerationSettings)
  settings?: GenerationSettings;

  @ApiPropertyOptional({
    enum: ['reject', 'queue', 'interrupt'],
    default: 'reject',
    description:
      'While an answer is being generated in the conversation: refuse (409), wait for its end, or cancel and replace it',
  })
  @IsOptional()
  @IsIn(['reject', 'queue', 'interrupt'])
  on_busy?: OnBusy;
}

/** The body of `POST /api/chat`. */
export class ChatDto extends TurnDto {
  @ApiProperty({ description: 'At most 256 KiB' })
  @IsText({ maxBytes: maxMessageBytes, notBlank: true, tooLongStatus: 413 })
  message!: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'A new conversation is created if left out' })
  @IsOptional()
  @IsUUID('all')
  conversation_id?: string;
}

/** The body of `POST /api/conversations/{id}/messages`. */
export class SendMessageDto extends TurnDto {
  @ApiProperty({ description: 'At most 256 KiB' })
  @IsText({ maxBytes: maxMessageBytes, notBlank: true, tooLongStatus: 413 })
  content!: string;

  @ApiPropertyOptional({
    format: 'uuid',
    description:
      'The id of the message. Sending the same message with the same id again has no further effect',
  })
  @IsOptional()
  @IsUUID('all')
  id?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    nullable: true,
    description:
      'The parent of the message; the newest message if left out. An older message, or null for the beginning, starts a new branch',
  })
  @IsOptional()
  @IsUUID('all')
  parent_id?: string | null;

  @ApiPropertyOptional({ description: 'Replaces the configured model' })
  @IsOptional()
  @IsText({ maxBytes: 200, notBlank: true })
  model?: string;
}

/** The body of `POST /api/messages/{id}/regenerate`. */
export class RegenerateDto extends TurnDto {
  @ApiPropertyOptional({ description: 'Replaces the model of the previous answer' })
  @IsOptional()
  @IsText({ maxBytes: 200, notBlank: true })
  model?: string;
}
