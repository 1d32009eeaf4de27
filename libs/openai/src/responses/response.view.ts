import { type Message, type StoredRequest, type Turn } from '#chat';
import { ApiProperty } from '@nestjs/swagger';
import { finishReason } from '../completions/completion.view.js';
import { allCounts } from '../completions/usage.js';
import { resourceId } from '../ids/resource-ids.js';
import { MessageItem } from '../items/item.view.js';
import { ResponseUsage } from './response-usage.js';

const statuses = ['queued', 'in_progress', 'completed', 'failed', 'cancelled', 'incomplete'] as const;

class ResponseError {
  @ApiProperty()
  code!: string;

  @ApiProperty()
  message!: string;
}

class IncompleteDetails {
  @ApiProperty({ enum: ['max_output_tokens', 'content_filter'] })
  reason!: 'max_output_tokens' | 'content_filter';
}

class ConversationReference {
  @ApiProperty()
  id!: string;
}

/** What the caller asked for, as the response repeats it. Stored with the run. */
export class ResponseRequest {
  @ApiProperty()
  model!: string;

  @ApiProperty()
  background!: boolean;

  @ApiProperty({ type: String, nullable: true })
  instructions!: string | null;

  @ApiProperty({ type: String, nullable: true })
  previous_response_id!: string | null;

  @ApiProperty({ type: ConversationReference, nullable: true })
  conversation!: ConversationReference | null;

  @ApiProperty({ type: 'integer', nullable: true })
  max_output_tokens!: number | null;

  @ApiProperty({ type: Number, nullable: true })
  temperature!: number | null;

  @ApiProperty({ enum: ['auto', 'disabled'] })
  truncation!: 'auto' | 'disabled';

  @ApiProperty({ type: String, nullable: true })
  user!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  metadata!: Record<string, string>;
}

/** A response as the OpenAI API shows it. */
export class ResponseObject extends ResponseRequest {
  @ApiProperty({ example: 'resp_01a2…' })
  id!: string;

  @ApiProperty({ enum: ['response'] })
  object!: 'response';

  @ApiProperty({ type: 'integer' })
  created_at!: number;

  @ApiProperty({ type: 'integer', nullable: true })
  completed_at!: number | null;

  @ApiProperty({ enum: statuses })
  status!: (typeof statuses)[number];

  @ApiProperty({ type: ResponseError, nullable: true })
  error!: ResponseError | null;

  @ApiProperty({ type: IncompleteDetails, nullable: true })
  incomplete_details!: IncompleteDetails | null;

  @ApiProperty({ type: [MessageItem] })
  output!: MessageItem[];

  @ApiProperty({ type: ResponseUsage, nullable: true })
  usage!: ResponseUsage | null;

  @ApiProperty()
  store!: boolean;

  @ApiProperty()
  parallel_tool_calls!: boolean;

  @ApiProperty({ enum: ['auto'] })
  tool_choice!: 'auto';

  @ApiProperty({ type: 'array', items: { type: 'object' }, maxItems: 0 })
  tools!: [];

  @ApiProperty({ type: 'integer', enum: [1] })
  top_p!: 1;

  @ApiProperty({ type: 'object', additionalProperties: true })
  text!: object;

  @ApiProperty({ type: 'object', additionalProperties: true })
  reasoning!: object;
}

/** What holds of every response here. */
const constant = {
  object: 'response',
  parallel_tool_calls: true,
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  text: { format: { type: 'text' } },
  reasoning: { effort: null, summary: null },
} as const satisfies Partial<ResponseObject>;

/** The request of a run, also of one that was begun by another API. */
export function requestOf(
  { annotations, model, instructions, settings }: StoredRequest,
  usual: string,
): ResponseRequest {
  const plain: ResponseRequest = {
    model: model ?? usual,
    background: false,
    instructions: instructions ?? null,
    previous_response_id: null,
    conversation: null,
    max_output_tokens: settings.max_tokens ?? null,
    temperature: settings.temperature ?? null,
    truncation: 'disabled',
    user: null,
    metadata: {},
  };
  return { ...plain, ...(annotations?.response as Partial<ResponseRequest> | undefined) };
}

/** @param isStored does the database have it? */
export function responseView(
  { run, reply }: Turn,
  request: ResponseRequest,
  isStored = true,
): ResponseObject {
  const reason = reply.status === 'completed' ? finishReason(reply.finish_reason) : 'stop';
  const isCut = reason !== 'stop';
  // An answer that broke off is no answer: `incomplete` is for those that the LLM itself ended early.
  const status = isCut ? 'incomplete' : reply.status === 'incomplete' ? 'failed' : reply.status;
  return {
    id: resourceId('resp', run.id),
    created_at: seconds(run.created_at),
    completed_at: run.finished_at !== null && status === 'completed' ? seconds(run.finished_at) : null,
    status,
    error:
      status === 'failed'
        ? { code: run.error?.code ?? 'server_error', message: run.error?.message ?? '' }
        : null,
    incomplete_details: isCut
      ? { reason: reason === 'length' ? 'max_output_tokens' : 'content_filter' }
      : null,
    output:
      reply.content === '' ? [] : [outputItem(reply, status === 'completed' ? 'completed' : 'incomplete')],
    usage: usageOf(reply),
    store: isStored,
    ...constant,
    ...request,
    model: reply.model ?? request.model,
  };
}

/** The one item that a response has. */
export function outputItem(
  reply: Pick<Message, 'id' | 'content'>,
  status: MessageItem['status'],
): MessageItem {
  return {
    id: resourceId('msg', reply.id),
    type: 'message',
    status,
    role: 'assistant',
    content: [{ type: 'output_text', text: reply.content, annotations: [], logprobs: [] }],
  };
}

function usageOf({ usage, tokens_used }: Message): ResponseUsage | null {
  if (usage === null && tokens_used === null) return null;
  const { input, output, total } = allCounts({
    input: usage?.input_tokens ?? undefined,
    output: usage?.output_tokens ?? undefined,
    total: usage?.total_tokens ?? tokens_used ?? undefined,
  });
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: total,
  };
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1_000);
}
