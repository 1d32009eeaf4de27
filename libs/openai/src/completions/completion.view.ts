import { type LlmCompletion } from '#llm';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { randomUUID } from 'node:crypto';
import { completeCounts, CompletionUsage } from './usage.js';

const finishReasons = ['stop', 'length', 'content_filter'] as const;

/** Why an answer ended, as the OpenAI API names it. */
export type FinishReason = (typeof finishReasons)[number];

class AnswerMessage {
  @ApiProperty({ enum: ['assistant'] })
  role!: 'assistant';

  @ApiProperty()
  content!: string;

  @ApiProperty({ type: String, nullable: true, enum: [null] })
  refusal!: null;
}

class Choice {
  @ApiProperty({ type: 'integer', enum: [0] })
  index!: 0;

  @ApiProperty()
  message!: AnswerMessage;

  @ApiProperty({ type: String, nullable: true, enum: [null] })
  logprobs!: null;

  @ApiProperty({ enum: finishReasons })
  finish_reason!: FinishReason;
}

/** The response of `POST /v1/chat/completions`. */
export class ChatCompletion {
  @ApiProperty({ example: 'chatcmpl-01a2…' })
  id!: string;

  @ApiProperty({ enum: ['chat.completion'] })
  object!: 'chat.completion';

  @ApiProperty({ type: 'integer', description: 'Seconds since 1970' })
  created!: number;

  @ApiProperty()
  model!: string;

  @ApiProperty({ type: [Choice] })
  choices!: Choice[];

  @ApiPropertyOptional({ description: 'Omitted if the LLM server reports no counts' })
  usage?: CompletionUsage;
}

/** The members that a completion shares with its chunks. */
export interface CompletionHead {
  /** `chatcmpl-` and 32 hexadecimal digits. */
  id: string;
  /** Seconds since 1970. */
  created: number;
  model: string;
}

/** A new id, the time, and the model as the caller named it. */
export function completionHead(model: string): CompletionHead {
  return {
    id: `chatcmpl-${randomUUID().replaceAll('-', '')}`,
    created: Math.floor(Date.now() / 1_000),
    model,
  };
}

/**
 * The response of `POST /v1/chat/completions`.
 * @param text the answer; a stop sequence may have cut it
 * @param completion undefined if a stop sequence ended the answer
 */
export function completionView(
  head: CompletionHead,
  text: string,
  completion: LlmCompletion | undefined,
): ChatCompletion {
  const usage = completionUsage(completion);
  return {
    id: head.id,
    object: 'chat.completion',
    created: head.created,
    model: completion?.model ?? head.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text, refusal: null },
        logprobs: null,
        finish_reason: finishReason(completion?.finishReason),
      },
    ],
    ...(usage === undefined ? {} : { usage }),
  };
}

/** The token counts as Chat Completions names them; undefined if the LLM server reported none. */
export function completionUsage(completion: LlmCompletion | undefined): CompletionUsage | undefined {
  const usage = completion?.usage ?? undefined;
  if (usage === undefined) return undefined;
  const { inputTokens, outputTokens, totalTokens } = usage;
  const { input, output, total } = completeCounts({
    input: inputTokens,
    output: outputTokens,
    total: totalTokens,
  });
  return { prompt_tokens: input, completion_tokens: output, total_tokens: total };
}

/** Maps a finish reason of any LLM server to those of the OpenAI API. */
export function finishReason(reason: string | null | undefined): FinishReason {
  if (/length|max.*tokens/i.test(reason ?? '')) return 'length';
  return /content.*filter|safety/i.test(reason ?? '') ? 'content_filter' : 'stop';
}
