import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsDefined, IsObject, IsOptional, ValidateBy, ValidateNested } from 'class-validator';
import { IsTokenLimit } from '../input/bounds.js';
import { GenerationDto } from '../input/generation.dto.js';
import { Ignored, NotImplemented } from '../input/not-implemented.js';
import { IsDegree } from '../input/sampling.dto.js';

const maxStops = 4;
const maxStopLength = 256;

class StreamOptions {
  @ApiPropertyOptional({ nullable: true, description: 'Add a last chunk with the token counts' })
  @IsOptional()
  @IsBoolean()
  include_usage?: boolean | null;

  @Ignored()
  include_obfuscation?: unknown;

  @NotImplemented(false)
  continuous_usage_stats?: unknown;
}

/** A string, or up to 4 of them, each of at most 256 characters (UTF-16 code units). Empty ones are ignored. */
function IsStop(): PropertyDecorator {
  return ValidateBy({
    name: 'isStop',
    validator: {
      validate: (value: unknown) => {
        const stops: unknown[] = Array.isArray(value) ? value : [value];
        return stops.length <= maxStops && stops.every(isStop);
      },
      defaultMessage: () =>
        `must be a string of at most ${maxStopLength} characters, or a list of at most ${maxStops} of them`,
    },
  });
}

function isStop(value: unknown): boolean {
  return typeof value === 'string' && value.length <= maxStopLength && value.isWellFormed();
}

/** The body of `POST /v1/chat/completions`. */
export class CompletionDto extends GenerationDto {
  @ApiProperty({
    type: 'array',
    minItems: 1,
    example: [{ role: 'user', content: 'hi' }],
    items: {
      type: 'object',
      required: ['role', 'content'],
      properties: {
        role: { type: 'string', enum: ['system', 'developer', 'user', 'assistant'] },
        content: { type: 'string' },
      },
    },
    description: 'The last one is not of the assistant. `content` is a string, or parts of type `text`',
  })
  @IsDefined()
  messages!: unknown;

  @ApiPropertyOptional({ type: StreamOptions, nullable: true })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => StreamOptions)
  stream_options?: StreamOptions | null;

  @IsTokenLimit()
  max_completion_tokens?: number | null;

  @IsTokenLimit({ deprecated: true })
  max_tokens?: number | null;

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', maxLength: maxStopLength },
    maxItems: maxStops,
    nullable: true,
    description: 'A string, or several; the answer ends before the first of them',
  })
  @IsOptional()
  @IsStop()
  stop?: string | string[] | null;

  @ApiPropertyOptional({
    nullable: true,
    description: 'true: messages and answer are stored as a conversation. Otherwise nothing is stored',
  })
  @IsOptional()
  @IsBoolean()
  store?: boolean | null;

  @NotImplemented(1)
  n?: unknown;

  @NotImplemented([])
  functions?: unknown;

  @NotImplemented('none', 'auto')
  function_call?: unknown;

  @NotImplemented({ type: 'text' })
  response_format?: unknown;

  @NotImplemented(['text'])
  modalities?: unknown;

  @NotImplemented()
  audio?: unknown;

  @NotImplemented(false)
  logprobs?: unknown;

  @NotImplemented()
  prediction?: unknown;

  @IsDegree()
  reasoning_effort?: string | null;

  @IsDegree()
  verbosity?: string | null;

  @NotImplemented()
  web_search_options?: unknown;
}
