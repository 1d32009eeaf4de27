import { IsText } from '#problems';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsDefined, IsIn, IsInt, IsNumber, IsOptional, Max, Min } from 'class-validator';
import { IsMetadata } from '../input/metadata.js';
import { Ignored, NotImplemented } from '../input/not-implemented.js';

/** `POST /v1/responses` */
export class CreateResponseDto {
  @ApiProperty({ example: 'default' })
  @IsText({ maxBytes: 200, notBlank: true })
  model!: string;

  @ApiProperty({
    type: String,
    example: 'hi',
    description: "A text, or a list of messages; the last one is the user's",
  })
  @IsDefined()
  input!: unknown;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Told to the LLM first; holds for this response alone',
  })
  @IsOptional()
  @IsText({ maxBytes: 256 * 1024 })
  instructions?: string | null;

  @ApiPropertyOptional({ nullable: true })
  @IsOptional()
  @IsBoolean()
  stream?: boolean | null;

  @ApiPropertyOptional({
    nullable: true,
    description: 'Answer at once; the response is generated whoever waits',
  })
  @IsOptional()
  @IsBoolean()
  background?: boolean | null;

  @ApiPropertyOptional({ nullable: true, default: true, description: 'false: nothing is kept' })
  @IsOptional()
  @IsBoolean()
  store?: boolean | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: null, description: 'Goes on from there' })
  @IsOptional()
  @IsText({ maxBytes: 200 })
  previous_response_id?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: null,
    description: 'The id of a conversation, or an object with it',
  })
  @IsOptional()
  conversation?: unknown;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1_000_000, nullable: true })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  max_output_tokens?: number | null;

  @ApiPropertyOptional({ type: 'number', minimum: 0, maximum: 2, nullable: true })
  @IsOptional()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(0)
  @Max(2)
  temperature?: number | null;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'Told to the LLM as metadata.user' })
  @IsOptional()
  @IsText({ maxBytes: 512 })
  user?: string | null;

  @IsMetadata()
  metadata?: Record<string, string> | null;

  @ApiPropertyOptional({
    enum: ['auto', 'disabled', null],
    nullable: true,
    description: 'History is always bounded',
  })
  @IsOptional()
  @IsIn(['auto', 'disabled'])
  truncation?: 'auto' | 'disabled' | null;

  @NotImplemented([])
  tools?: unknown;

  @NotImplemented('none', 'auto')
  tool_choice?: unknown;

  @NotImplemented({ format: { type: 'text' } })
  text?: unknown;

  @NotImplemented({})
  reasoning?: unknown;

  @NotImplemented([])
  include?: unknown;

  @NotImplemented(1)
  top_p?: unknown;

  @NotImplemented(0)
  top_logprobs?: unknown;

  @NotImplemented()
  prompt?: unknown;

  @NotImplemented()
  max_tool_calls?: unknown;

  @NotImplemented()
  context_management?: unknown;

  @NotImplemented({})
  stream_options?: unknown;

  @Ignored()
  parallel_tool_calls?: unknown;

  @Ignored()
  service_tier?: unknown;

  @Ignored()
  safety_identifier?: unknown;

  @Ignored()
  prompt_cache_key?: unknown;

  @Ignored()
  prompt_cache_retention?: unknown;
}

/** `GET /v1/responses/{id}` */
export class ReadResponseQuery {
  @ApiPropertyOptional({ enum: ['true', 'false'], description: 'Follow it as events' })
  @IsOptional()
  @IsIn(['true', 'false'])
  stream?: 'true' | 'false';

  @ApiPropertyOptional({
    type: 'integer',
    description: 'The sequence_number of the last event that was read',
  })
  @IsOptional()
  @IsText({ maxBytes: 16 })
  starting_after?: string;

  @Ignored()
  include_obfuscation?: unknown;
}
