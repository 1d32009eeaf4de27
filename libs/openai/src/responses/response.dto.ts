import { IsText } from '#problems';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsDefined, IsIn, IsObject, IsOptional, ValidateNested } from 'class-validator';
import { IsTokenLimit } from '../input/bounds.js';
import { GenerationDto } from '../input/generation.dto.js';
import { Ignored, NotImplemented } from '../input/not-implemented.js';
import { IsInclude } from './include.js';
import { TextOptions } from './text-options.js';

/** The body of `POST /v1/responses`. */
export class CreateResponseDto extends GenerationDto {
  @ApiProperty({
    type: String,
    example: 'hi',
    description: 'A string, or a list of messages; the last one is not of the assistant',
  })
  @IsDefined()
  input!: unknown;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Sent to the LLM before the messages; apply to this response alone',
  })
  @IsOptional()
  @IsText({ maxBytes: 256 * 1024 })
  instructions?: string | null;

  @ApiPropertyOptional({
    nullable: true,
    description: 'Return immediately; the response is generated in the background',
  })
  @IsOptional()
  @IsBoolean()
  background?: boolean | null;

  @ApiPropertyOptional({ nullable: true, default: true, description: 'false: nothing is stored' })
  @IsOptional()
  @IsBoolean()
  store?: boolean | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: null,
    description: 'The response to continue',
  })
  @IsOptional()
  @IsText({ maxBytes: 200 })
  previous_response_id?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: null,
    description: 'The id of a conversation, or an object with an id',
  })
  @IsOptional()
  conversation?: unknown;

  @IsTokenLimit()
  max_output_tokens?: number | null;

  @ApiPropertyOptional({
    enum: ['auto', 'disabled', null],
    nullable: true,
    description:
      'auto: at most HISTORY_MAX_MESSAGES earlier messages are sent to the LLM; disabled: all of them, or the response fails. ' +
      'If left out: disabled if the input is a whole conversation, else auto',
  })
  @IsOptional()
  @IsIn(['auto', 'disabled'])
  truncation?: 'auto' | 'disabled' | null;

  @ApiPropertyOptional({ type: TextOptions, nullable: true })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => TextOptions)
  text?: TextOptions | null;

  @IsInclude()
  include?: string[] | null;

  @NotImplemented()
  prompt?: unknown;

  @Ignored()
  max_tool_calls?: unknown;

  @NotImplemented()
  context_management?: unknown;

  @Ignored()
  stream_options?: unknown;

  @NotImplemented()
  image?: unknown;

  @NotImplemented()
  access_programs?: unknown;
}

/** The query of `GET /v1/responses/{id}`. */
export class ReadResponseQuery {
  @ApiPropertyOptional({ enum: ['true', 'false'], description: 'Follow the response as server-sent events' })
  @IsOptional()
  @IsIn(['true', 'false'])
  stream?: 'true' | 'false';

  @ApiPropertyOptional({
    type: 'integer',
    description: 'The sequence_number of the last event that was received',
  })
  @IsOptional()
  @IsText({ maxBytes: 16 })
  starting_after?: string;

  @Ignored()
  include_obfuscation?: unknown;

  @Ignored()
  include?: unknown;

  @Ignored()
  'include[]'?: unknown;
}

/** The query of `GET /v1/responses/{id}/input_items`. There is one item, so that the limits have no effect. */
export class InputItemsQuery {
  @Ignored()
  include?: unknown;

  @Ignored()
  'include[]'?: unknown;

  @Ignored()
  limit?: unknown;

  @Ignored()
  order?: unknown;

  @Ignored()
  after?: unknown;
}
