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

/** How an answer is to be made. */
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

  @ApiPropertyOptional({ description: 'Answer with an event stream' })
  @IsOptional()
  @IsBoolean()
  stream?: boolean;

  @ApiPropertyOptional({
    enum: ['allowed', 'never'],
    default: 'allowed',
    description:
      'never: an answer that breaks off in the middle ends as incomplete instead of starting over elsewhere',
  })
  @IsOptional()
  @IsIn(['allowed', 'never'])
  restart?: 'allowed' | 'never';
}

/** What every way of sending a message takes besides its text. */
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
      'When an answer is being generated in the conversation: refuse (409), wait for its end, or cancel it and take its place',
  })
  @IsOptional()
  @IsIn(['reject', 'queue', 'interrupt'])
  on_busy?: OnBusy;
}

/** `POST /api/chat` */
export class ChatDto extends TurnDto {
  @ApiProperty({ description: 'At most 256 KiB' })
  @IsText({ maxBytes: maxMessageBytes, notBlank: true, tooLongStatus: 413 })
  message!: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'A new conversation is opened if left out' })
  @IsOptional()
  @IsUUID('all')
  conversation_id?: string;
}

/** `POST /api/conversations/{id}/messages` */
export class SendMessageDto extends TurnDto {
  @ApiProperty({ description: 'At most 256 KiB' })
  @IsText({ maxBytes: maxMessageBytes, notBlank: true, tooLongStatus: 413 })
  content!: string;

  @ApiPropertyOptional({
    format: 'uuid',
    description:
      'The id that the message gets. Sending the same message under the same id again changes nothing',
  })
  @IsOptional()
  @IsUUID('all')
  id?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    nullable: true,
    description:
      'The message that this one comes after, the newest one if left out: an older one, or null for the beginning, makes a new branch',
  })
  @IsOptional()
  @IsUUID('all')
  parent_id?: string | null;

  @ApiPropertyOptional({ description: 'Asked for instead of the configured model' })
  @IsOptional()
  @IsText({ maxBytes: 200, notBlank: true })
  model?: string;
}

/** `POST /api/messages/{id}/regenerate` */
export class RegenerateDto extends TurnDto {
  @ApiPropertyOptional({ description: 'Asked for instead of the model that was asked before' })
  @IsOptional()
  @IsText({ maxBytes: 200, notBlank: true })
  model?: string;
}
