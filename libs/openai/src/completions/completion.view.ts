import { type LlmCompletion } from '#llm';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { randomUUID } from 'node:crypto';
import { allCounts, CompletionUsage } from './usage.js';

const finishReasons = ['stop', 'length', 'content_filter'] as const;

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

/** The answer of `POST /v1/chat/completions`. */
export class ChatCompletion {
  @ApiProperty({ example: 'chatcmpl-01a2…' })
  id!: string;

  @ApiProperty({ enum: ['chat.completion'] })
  object!: 'chat.completion';

  @ApiProperty({ type: 'integer' })
  created!: number;

  @ApiProperty()
  model!: string;

  @ApiProperty({ type: [Choice] })
  choices!: Choice[];

  @ApiPropertyOptional({ description: 'Left out where the LLM server counts nothing' })
  usage?: CompletionUsage;
}

/** What an answer has in common with the pieces of it. */
export interface CompletionHead {
  id: string;
  created: number;
  model: string;
}

export function completionHead(model: string): CompletionHead {
  return {
    id: `chatcmpl-${randomUUID().replaceAll('-', '')}`,
    created: Math.floor(Date.now() / 1_000),
    model,
  };
}

/** @param text the answer, which may end before the LLM's did */
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

export function completionUsage(completion: LlmCompletion | undefined): CompletionUsage | undefined {
  const usage = completion?.usage ?? undefined;
  if (usage === undefined) return undefined;
  const { inputTokens, outputTokens, totalTokens } = usage;
  const { input, output, total } = allCounts({
    input: inputTokens,
    output: outputTokens,
    total: totalTokens,
  });
  return { prompt_tokens: input, completion_tokens: output, total_tokens: total };
}

/** LLM servers have words of their own for why an answer ended. */
export function finishReason(word: string | null | undefined): FinishReason {
  if (/length|max.*tokens/i.test(word ?? '')) return 'length';
  return /content.*filter|safety/i.test(word ?? '') ? 'content_filter' : 'stop';
}
