import { IsText } from '#problems';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsObject, IsOptional, ValidateNested } from 'class-validator';
import { IsTemperature } from './bounds.js';
import { IsMetadata } from './metadata.js';
import { Ignored, NotImplemented, NoTools } from './not-implemented.js';
import { ReasoningOptions } from './reasoning-options.js';
import { SamplingDto } from './sampling.dto.js';

/** The fields that Chat Completions and Responses share. */
export abstract class GenerationDto extends SamplingDto {
  @ApiProperty({ example: 'default' })
  @IsText({ maxBytes: 200, notBlank: true })
  model!: string;

  @ApiPropertyOptional({ nullable: true })
  @IsOptional()
  @IsBoolean()
  stream?: boolean | null;

  @IsTemperature()
  temperature?: number | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Sent to the LLM server as metadata.user',
  })
  @IsOptional()
  @IsText({ maxBytes: 512 })
  user?: string | null;

  @IsMetadata()
  metadata?: Record<string, string> | null;

  @NoTools()
  tools?: unknown;

  @NotImplemented('none', 'auto')
  tool_choice?: unknown;

  @ApiPropertyOptional({ type: ReasoningOptions, nullable: true })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ReasoningOptions)
  reasoning?: ReasoningOptions | null;

  @NotImplemented(0)
  top_logprobs?: unknown;

  @NotImplemented()
  moderation?: unknown;

  @Ignored()
  parallel_tool_calls?: unknown;

  @Ignored()
  service_tier?: unknown;

  @Ignored()
  safety_identifier?: unknown;

  @Ignored()
  client_metadata?: unknown;

  @Ignored()
  prompt_cache_key?: unknown;

  @Ignored()
  prompt_cache_options?: unknown;

  @Ignored()
  prompt_cache_retention?: unknown;
}
