import type OpenAI from 'openai';
import { type ChatCompletion } from '../../libs/openai/src/completions/completion.view.js';
import { type ConversationObject } from '../../libs/openai/src/conversations/conversation.view.js';
import { type ItemList } from '../../libs/openai/src/items/item-list.js';
import { type Model } from '../../libs/openai/src/models/models.service.js';
import { type ResponseObject } from '../../libs/openai/src/responses/response-object.js';
import { Stack } from '../harness/stack.js';
import { openAiClient } from './openai-client.js';

/** The compiler checks that Parley's objects have the official types (`npm run types`). */
type Assert<Ours extends Theirs, Theirs> = Ours;
export type Objects = [
  Assert<ChatCompletion, OpenAI.ChatCompletion>,
  // The client adds `output_text`. `usage` and `user` may be null, as in the official API before the end.
  Assert<
    // Parley has more error codes, and passes on what other LLM servers call a degree of verbosity or reasoning.
    Omit<ResponseObject, 'error' | 'text' | 'reasoning'>,
    Omit<OpenAI.Responses.Response, 'output_text' | 'usage' | 'user' | 'error' | 'text' | 'reasoning'> &
      Nullable<Pick<OpenAI.Responses.Response, 'usage' | 'user'>>
  >,
  Assert<ConversationObject, OpenAI.Conversations.Conversation>,
  Assert<ItemList['data'][number], OpenAI.Conversations.ConversationItem>,
  Assert<Model, OpenAI.Model>,
];

type Nullable<T> = { [K in keyof T]: T[K] | null };
type Event = OpenAI.Responses.ResponseStreamEvent;
type Required<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];
type Members<T> = Readonly<Record<Required<T>, true>>;
const common = { type: true, sequence_number: true } as const;
const partMembers = { ...common, item_id: true, output_index: true, content_index: true } as const;

/** The members that the official types require of each event that Parley sends. The compiler reports a missing one. */
const required: { [T in Event['type']]?: Members<Extract<Event, { type: T }>> } = {
  'response.created': { ...common, response: true },
  'response.in_progress': { ...common, response: true },
  'response.output_item.added': { ...common, output_index: true, item: true },
  'response.content_part.added': { ...partMembers, part: true },
  'response.output_text.delta': { ...partMembers, delta: true, logprobs: true },
  'response.output_text.done': { ...partMembers, text: true, logprobs: true },
  'response.content_part.done': { ...partMembers, part: true },
  'response.output_item.done': { ...common, output_index: true, item: true },
  'response.completed': { ...common, response: true },
};

const requiredOfChunk: Members<OpenAI.ChatCompletionChunk> = {
  id: true,
  choices: true,
  created: true,
  model: true,
  object: true,
};

describe('streamed objects, by the types of the official client', () => {
  const model = 'default';
  let stack: Stack;
  let client: OpenAI;

  beforeAll(async () => {
    stack = await Stack.start({ behavior: { reply: 'One two three.' } });
    client = openAiClient(stack);
  });
  afterAll(() => stack.stop());

  it.each([true, false])('sends every event of a response with all members (store: %s)', async (store) => {
    const stream = await client.responses.create({ model, input: 'hi', stream: true, store });
    const seen = new Set<string>();
    for await (const event of stream) {
      seen.add(event.type);
      const wanted = Object.keys(required[event.type] ?? { unexpected: true });
      expect(Object.keys(event)).toEqual(expect.arrayContaining(wanted));
      if (event.type !== 'response.completed') continue;
      const { usage, output } = event.response;
      expect(usage).toMatchObject({
        input_tokens: expect.any(Number) as number,
        input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
        output_tokens_details: { reasoning_tokens: 0 },
      });
      expect(output).toMatchObject([{ type: 'message', role: 'assistant', status: 'completed' }]);
    }
    expect([...seen]).toEqual(Object.keys(required));
  });

  it('sends every chunk of a completion with all members', async () => {
    const messages = [{ role: 'user' as const, content: 'hi' }];
    for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
      expect(Object.keys(chunk)).toEqual(expect.arrayContaining(Object.keys(requiredOfChunk)));
      expect(chunk).toMatchObject({ object: 'chat.completion.chunk', choices: [{ index: 0 }] });
      expect(chunk).not.toHaveProperty('usage');
    }
  });

  it('works with the stream helper of the client', async () => {
    const messages = [{ role: 'user' as const, content: 'hi' }];
    const final = await client.chat.completions
      .stream({ model, messages, stream_options: { include_usage: true } })
      .finalChatCompletion();
    expect(final).toMatchObject({
      choices: [{ message: { content: 'One two three.', role: 'assistant' }, finish_reason: 'stop' }],
    });
    expect(final.usage!.total_tokens).toBeGreaterThan(0);
  });
});
