import { type SlicedText } from '#backpressure';
import { type Message, type GenerationRequest, type Turn } from '#chat';
import { openAiMeanings } from '#problems';
import { finishReason } from '../completions/completion.view.js';
import { completeCounts } from '../completions/usage.js';
import { resourceId } from '../ids/resource-ids.js';
import { type OutputItem } from '../items/item.view.js';
import { type ResponseError, type ResponseObject, type ResponseParameters } from './response-object.js';
import { type ResponseUsage } from './response-usage.js';

/** The members with the same value in every response. */
const constant = {
  object: 'response',
  access_programs: null,
  parallel_tool_calls: true,
  tool_choice: 'auto',
  tools: [],
} as const satisfies Partial<ResponseObject>;

/** The parameters of a run, even if it was created through `/api`. @param defaultModel of runs that name no model */
export function parametersOf(
  { annotations, model, instructions, settings }: GenerationRequest,
  defaultModel: string,
): ResponseParameters {
  const ofRun: ResponseParameters = {
    model: model ?? defaultModel,
    background: false,
    instructions: instructions ?? null,
    previous_response_id: null,
    conversation: null,
    max_output_tokens: settings.max_tokens ?? null,
    temperature: settings.temperature ?? null,
    top_p: null,
    reasoning: { effort: null, summary: null },
    text: echoedText(undefined),
    truncation: 'auto',
    user: null,
    metadata: {},
  };
  return { ...ofRun, ...(annotations?.response as Partial<ResponseParameters> | undefined) };
}

/** `text` of a response. @param verbosity of the request */
export function echoedText(verbosity: string | null | undefined): ResponseParameters['text'] {
  return { format: { type: 'text' }, ...(verbosity ? { verbosity } : {}) };
}

/**
 * Converts a turn to a response of the OpenAI API.
 * @param isStored whether the response can be read again
 * @param text of the answer, if it is not in the turn
 */
export function responseView(
  { run, reply }: Turn,
  parameters: ResponseParameters,
  isStored = true,
  text: string | SlicedText = reply.content,
): ResponseObject {
  const reason = reply.status === 'completed' ? finishReason(reply.finish_reason) : 'stop';
  const isCut = reason !== 'stop';
  // Interrupted runs are `failed`: in the official API, `incomplete` means that the model ended the answer early.
  const status = isCut ? 'incomplete' : reply.status === 'incomplete' ? 'failed' : reply.status;
  return {
    id: resourceId('resp', run.id),
    created_at: seconds(run.created_at),
    completed_at: run.finished_at !== null && status === 'completed' ? seconds(run.finished_at) : null,
    status,
    error: status === 'failed' ? errorOf(run.error) : null,
    incomplete_details: isCut
      ? { reason: reason === 'length' ? 'max_output_tokens' : 'content_filter' }
      : null,
    output: text === '' ? [] : [outputItem(reply, status === 'completed' ? 'completed' : 'incomplete', text)],
    usage: usageOf(reply),
    store: isStored,
    ...constant,
    ...parameters,
    model: reply.model ?? parameters.model,
  };
}

/** The official API has few codes, so `type` carries the code of the run. Clients retry `server_error`. */
function errorOf(error: Turn['run']['error']): ResponseError {
  const { code: type, message } = error ?? { code: 'internal_error', message: 'The run failed.' };
  return { code: openAiMeanings.get(type)?.responseCode ?? 'server_error', type, message };
}

/** The only item of a response's output. */
export function outputItem(
  reply: Pick<Message, 'id' | 'content'>,
  status: OutputItem['status'],
  text: string | SlicedText = reply.content,
): OutputItem {
  return {
    id: resourceId('msg', reply.id),
    type: 'message',
    status,
    role: 'assistant',
    content: [{ type: 'output_text', text: text as string, annotations: [], logprobs: [] }],
  };
}

function usageOf({ usage, tokens_used }: Message): ResponseUsage | null {
  if (usage === null && tokens_used === null) return null;
  const { input, output, total } = completeCounts({
    input: usage?.input_tokens ?? undefined,
    output: usage?.output_tokens ?? undefined,
    total: usage?.total_tokens ?? tokens_used ?? undefined,
  });
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: total,
  };
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1_000);
}
