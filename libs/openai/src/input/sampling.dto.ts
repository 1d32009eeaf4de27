import { type LlmSampling, samplingNames } from '#llm';
import { IsJsonObject, IsText } from '#problems';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsOptionalInteger, IsOptionalNumber } from './bounds.js';
import { IsLogitBias } from './logit-bias.js';

const probability = { min: 0, max: 1 };
const penalty = { min: -2, max: 2 };

/**
 * Settings of a generation that are passed to LLM servers whose protocol has a place for them. Those outside of the official
 * API are common among servers that clients use in its place.
 */
export abstract class SamplingDto {
  @IsOptionalNumber(probability)
  top_p?: number | null;

  /** -1 and 0 mean all tokens for some servers. */
  @IsOptionalInteger({ min: -1, max: 1_000_000 })
  top_k?: number | null;

  @IsOptionalNumber(probability)
  min_p?: number | null;

  @IsOptionalNumber(probability)
  top_a?: number | null;

  @IsOptionalNumber(probability)
  typical_p?: number | null;

  @IsOptionalInteger({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER })
  seed?: number | null;

  @IsOptionalNumber(penalty)
  presence_penalty?: number | null;

  @IsOptionalNumber(penalty)
  frequency_penalty?: number | null;

  @IsOptionalNumber({ min: 0, max: 10 })
  repetition_penalty?: number | null;

  @IsOptionalInteger({ min: 0, max: 1_000_000 })
  min_tokens?: number | null;

  @IsLogitBias()
  logit_bias?: Record<string, number> | null;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, nullable: true })
  @IsOptional()
  @IsJsonObject()
  chat_template_kwargs?: Record<string, unknown> | null;
}

/** A word that names a degree, such as `low`. Servers have their own, so that every short text is allowed. */
export function IsDegree(): PropertyDecorator {
  const checks = [
    ApiPropertyOptional({ type: String, nullable: true, example: 'low' }),
    IsOptional(),
    IsText({ maxBytes: 64, notBlank: true }),
  ];
  return (target, property) => checks.forEach((decorate) => decorate(target, property));
}

/** The settings that a request has, without those that are null; undefined if there are none. */
export function samplingOf(settings: {
  readonly [Name in keyof LlmSampling]?: LlmSampling[Name] | null | undefined;
}): LlmSampling | undefined {
  const given = samplingNames.flatMap((name) => {
    const value = settings[name];
    return value === undefined || value === null || isEmptyObject(value) ? [] : [[name, value] as const];
  });
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
