import { IsText } from '#problems';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { IsTemperature } from './bounds.js';
import { IsMetadata } from './metadata.js';
import { Ignored, NotImplemented } from './not-implemented.js';

/** The fields that Chat Completions and Responses share. */
export abstract class GenerationDto {
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

  @NotImplemented([])
  tools?: unknown;

  @NotImplemented('none', 'auto')
  tool_choice?: unknown;

  @NotImplemented(1)
  top_p?: unknown;

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
  prompt_cache_key?: unknown;

  @Ignored()
  prompt_cache_options?: unknown;

  @Ignored()
  prompt_cache_retention?: unknown;
}
