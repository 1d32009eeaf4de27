import OpenAI from 'openai';
import { Stack } from '../harness/stack.js';
import { openAiClient } from './openai-client.js';

type Event = OpenAI.Responses.ResponseStreamEvent;

const deltaText = (events: readonly Event[]): string =>
  events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');

async function all(stream: AsyncIterable<Event>): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** The UUID in an id such as `conv_…`. */
function uuidOfId(id: string): string {
  return id.slice(id.indexOf('_') + 1);
}

/** Runs the official client against the server, with PostgreSQL and a mock LLM server. */
describe('Responses with the official client', () => {
  let stack: Stack;
  let client: OpenAI;
  const model = 'default';

  beforeAll(async () => {
    stack = await Stack.start();
    client = openAiClient(stack);
  });
  afterEach(() => stack.mock.reset());
  afterAll(() => stack.stop());

  const history = (): { role: string; content: string }[] =>
    (
      stack.mock.requests.at(-1)!.frame as unknown as {
        metadata: { session_context: { messages?: { role: string; content: string }[] } };
      }
    ).metadata.session_context.messages ?? [];
  const count = async (table: string): Promise<number> =>
    (await stack.rows<{ count: number }>(`SELECT count(*)::integer AS count FROM ${table}`))[0]!.count;

  it('creates a response, which can be read again', async () => {
    stack.mock.behave({ reply: 'Forty-two.' });
    const response = await client.responses.create({
      model,
      input: 'What is 6 times 7?',
      instructions: 'Be brief.',
      max_output_tokens: 20,
      metadata: { topic: 'sums' },
    });
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      output_text: 'Forty-two.',
      instructions: 'Be brief.',
      metadata: { topic: 'sums' },
      max_output_tokens: 20,
      store: true,
      error: null,
    });
    expect(response.usage!.total_tokens).toBeGreaterThan(0);
    expect(history()).toEqual([{ role: 'system', content: 'Be brief.' }]);
    expect(await client.responses.retrieve(response.id)).toEqual(response);
    const items = await client.responses.inputItems.list(response.id);
    expect(items.data).toMatchObject([{ role: 'user', content: [{ text: 'What is 6 times 7?' }] }]);
  });

  it('continues a previous response, including the messages in its input', async () => {
    const first = await client.responses.create({
      model,
      input: [
        { role: 'user', content: 'I am Ann.' },
        { role: 'assistant', content: 'Hello, Ann.' },
        { role: 'user', content: [{ type: 'input_text', text: 'Who are you?' }] },
      ],
    });
    expect(history().map(({ content }) => content)).toEqual(['I am Ann.', 'Hello, Ann.']);
    await client.responses.create({ model, input: 'And who am I?', previous_response_id: first.id });
    expect(history().map(({ content }) => content)).toEqual([
      'I am Ann.',
      'Hello, Ann.',
      'Who are you?',
      first.output_text,
    ]);
    // A second response after the same one creates another branch.
    await client.responses.create({ model, input: 'Or so?', previous_response_id: first.id });
    expect(history()).toHaveLength(4);
    const both = client.responses.create({
      model,
      input: [
        { role: 'user', content: 'a' },
        { role: 'user', content: 'b' },
      ],
      previous_response_id: first.id,
    });
    await expect(both).rejects.toMatchObject({ status: 400, param: 'input' });
  });

  it('streams events in the official order', async () => {
    stack.mock.behave({ reply: 'One two three.' });
    const events = await all(await client.responses.create({ model, input: 'Count.', stream: true }));
    const types = events.map(({ type }) => type).filter((type, at, list) => type !== list[at - 1]);
    expect(types).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(deltaText(events)).toBe('One two three.');
    const numbers = events.map(({ sequence_number }) => sequence_number);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    const last = events.at(-1)!;
    expect(last.type === 'response.completed' && last.response.output[0]).toMatchObject({
      status: 'completed',
    });
  });

  it('works with the stream helper of the client', async () => {
    stack.mock.behave({ reply: 'One two three.' });
    const stream = client.responses.stream({ model, input: 'Count.' });
    const final = await stream.finalResponse();
    expect(final.output_text).toBe('One two three.');
  });

  it('runs in the background, and can be followed after any event', async () => {
    stack.mock.behave({ tokens: 60, tokensPerSecond: 60 });
    const begun = await client.responses.create({ model, input: 'Go on.', background: true });
    expect(begun).toMatchObject({ status: 'in_progress', background: true });
    const first: Event[] = [];
    for await (const event of await client.responses.retrieve(begun.id, { stream: true })) {
      first.push(event);
      if (deltaText(first).length > 40) break;
    }
    const starting_after = first.at(-1)!.sequence_number;
    const rest = await all(await client.responses.retrieve(begun.id, { stream: true, starting_after }));
    const done = await client.responses.retrieve(begun.id);
    expect(done.status).toBe('completed');
    expect(deltaText([...first, ...rest])).toBe(done.output_text);
    expect(rest[0]!.type).toBe('response.output_text.delta');
    // After its end, following it after each event gives exactly the later events.
    const whole = await all(await client.responses.retrieve(begun.id, { stream: true }));
    for (const { sequence_number } of whole) {
      const later = await all(
        await client.responses.retrieve(begun.id, { stream: true, starting_after: sequence_number }),
      );
      expect(later).toEqual(whole.filter((event) => event.sequence_number > sequence_number));
    }
  });

  it('ends a stream that starts after an event that does not exist', async () => {
    const { id } = await client.responses.create({ model, input: 'hi' });
    const stream = await client.responses.retrieve(id, { stream: true, starting_after: 900_000_000 });
    await expect(all(stream)).rejects.toThrow('There is no such event.');
    const none = client.responses.retrieve(id, { stream: true, starting_after: -1 });
    await expect(none).rejects.toMatchObject({ status: 400, param: 'starting_after' });
  });

  it('keeps the partial output of a cancelled response', async () => {
    stack.mock.behave({ tokens: 500, tokensPerSecond: 50 });
    const { id } = await client.responses.create({ model, input: 'Go on.', background: true });
    for await (const event of await client.responses.retrieve(id, { stream: true })) {
      if (event.type === 'response.output_text.delta') break;
    }
    const cancelled = await client.responses.cancel(id);
    expect(cancelled.status).toBe('cancelled');
    expect(cancelled.output).toMatchObject([{ status: 'incomplete' }]);
    await stack.mock.waitFor(({ requests }) => requests.at(-1)!.outcome === 'abandoned');
  });

  it('deletes a response with its input', async () => {
    const rows = await count('messages');
    const { id } = await client.responses.create({ model, input: 'Forget this.' });
    await client.responses.delete(id);
    await expect(client.responses.retrieve(id)).rejects.toThrow(OpenAI.NotFoundError);
    expect(await count('messages')).toBe(rows);
    const first = await client.responses.create({ model, input: 'Forget this, too.' });
    const second = await client.responses.create({ model, input: 'b', previous_response_id: first.id });
    await client.responses.delete(first.id);
    expect(await stack.rows(`SELECT id FROM messages WHERE content LIKE '%Forget%'`)).toEqual([]);
    expect((await client.responses.retrieve(second.id)).status).toBe('completed');
  });

  it('stores nothing if store is false, with and without stream', async () => {
    stack.mock.behave({ reply: 'Gone soon.' });
    const rows = await count('messages');
    const response = await client.responses.create({ model, input: 'hi', store: false });
    expect(response).toMatchObject({ output_text: 'Gone soon.', store: false });
    const events = await all(
      await client.responses.create({ model, input: 'hi', store: false, stream: true }),
    );
    expect([deltaText(events), events.at(-1)!.type]).toEqual(['Gone soon.', 'response.completed']);
    expect(await count('messages')).toBe(rows);
    await expect(client.responses.retrieve(response.id)).rejects.toThrow(OpenAI.NotFoundError);
    const later = client.responses.create({ model, input: 'hi', store: false, background: true });
    await expect(later).rejects.toMatchObject({ status: 400, param: 'background' });
  });

  it('reports why a response failed', async () => {
    stack.mock.behave({ errorCode: 'overloaded' });
    await expect(client.responses.create({ model, input: 'hi' })).rejects.toThrow(OpenAI.InternalServerError);
    const events = await all(await client.responses.create({ model, input: 'hi', stream: true }));
    const last = events.at(-1)!;
    expect(last.type === 'response.failed' && last.response).toMatchObject({
      status: 'failed',
      error: { code: 'server_error', type: 'llm_unavailable' },
    });
  });

  it('ends an interrupted response as failed', async () => {
    stack.mock.behave({ tokens: 50, afterTokens: 5, cut: 'reset' });
    const events = await all(await client.responses.create({ model, input: 'hi', stream: true }));
    expect(events.at(-1)!.type).toBe('response.failed');
    expect(deltaText(events)).not.toBe('');
  });

  it.each<[string, object, string]>([
    ['tools', { tools: [{ type: 'web_search' }] }, 'tools'],
    [
      'an image',
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'x' }] }] },
      'input[0].content[0].type',
    ],
    [
      'a tool output',
      { input: [{ type: 'function_call_output', call_id: 'a', output: 'b' }] },
      'input[0].type',
    ],
    ['an effort that is no text', { reasoning: { effort: 3 } }, 'reasoning.effort'],
    ['an unknown item', { input: [{ type: 'item_reference', id: `msg_${'0'.repeat(32)}` }] }, 'input[0].id'],
    ['a stored prompt', { prompt: { id: 'pmpt_1' } }, 'prompt'],
    ['additional output', { include: ['message.output_text.logprobs'] }, 'include'],
    ['a top_p of 2', { top_p: 2 }, 'top_p'],
    ['image output', { image: {} }, 'image'],
    ['JSON output', { text: { format: { type: 'json_object' } } }, 'text.format'],
    [
      'a conversation together with a previous response',
      { conversation: `conv_${'0'.repeat(32)}`, previous_response_id: `resp_${'0'.repeat(32)}` },
      'previous_response_id',
    ],
  ])('rejects %s, and names the field', async (_, more, param) => {
    const refused = client.responses.create({ model, input: 'hi', ...more });
    await expect(refused).rejects.toMatchObject({ status: 400, param, type: 'invalid_request_error' });
  });

  it('replaces references to stored items, of this owner only, with their texts', async () => {
    stack.mock.behave({ reply: 'Hello, Ann.' });
    const first = await client.responses.create({ model, input: 'I am Ann.' });
    const { id } = first.output[0]!;
    const input: OpenAI.Responses.ResponseInput = [
      { role: 'user', content: 'I am Ann.' },
      { type: 'item_reference', id: id! },
      { role: 'user', content: 'Who am I?' },
    ];
    const texts = ['I am Ann.', 'Hello, Ann.'];
    for (const store of [true, false]) {
      await client.responses.create({ model, input, store });
      expect(history().map(({ content }) => content)).toEqual(texts);
    }
    const gone = [input[0]!, { type: 'item_reference' as const, id: `msg_${'1'.repeat(32)}` }, input[2]!];
    await expect(client.responses.create({ model, input: gone })).rejects.toMatchObject({
      status: 400,
      code: 'item_not_found',
      param: 'input[1].id',
    });
  });

  it.each([true, false])('keeps system messages in their places (store: %s)', async (store) => {
    const input: OpenAI.Responses.ResponseInput = [
      { role: 'system', content: 's1' },
      { role: 'user', content: 'u1' },
      { role: 'assistant', content: 'a1' },
      { role: 'developer', content: 's2' },
      { role: 'user', content: 'u2' },
      { role: 'system', content: 's3' },
    ];
    const response = await client.responses.create({ model, input, store });
    expect(history()).toEqual([
      { role: 'system', content: 's1' },
      { role: 'user', content: 'u1' },
      { role: 'assistant', content: 'a1' },
      { role: 'system', content: 's2' },
    ]);
    expect(stack.mock.requests.at(-1)!.frame).toMatchObject({ message: 'u2\n\ns3' });
    if (!store) return;
    const { data } = await client.responses.inputItems.list(response.id, { include: [], limit: 5 });
    expect(data).toMatchObject([{ content: [{ text: 'u2' }] }]);
  });

  it('sends the whole history if truncation is disabled or the input is a whole conversation', async () => {
    const input = Array.from({ length: 121 }, (_, at) => ({
      role: at % 2 === 0 ? ('user' as const) : ('assistant' as const),
      content: `message ${at}`,
    }));
    const first = await client.responses.create({ model, input });
    expect([history().length, first.truncation]).toEqual([120, 'disabled']);
    await client.responses.create({ model, input, truncation: 'auto' });
    expect(history()).toHaveLength(50);
    const next = { model, input: 'And?', previous_response_id: first.id };
    expect((await client.responses.create(next)).truncation).toBe('auto');
    expect(history()).toHaveLength(50);
    for (const store of [true, false]) {
      await client.responses.create({ ...next, store, truncation: 'disabled' });
      expect(history()).toHaveLength(122);
    }
  });

  it('rejects a history that is too long to be sent as a whole', async () => {
    const { id } = await client.conversations.create({});
    await stack.sql.query(
      `INSERT INTO messages (id, conversation_id, owner, parent_id, seq, role, content, status)
       SELECT gen_random_uuid(), $1, 'local', NULL, n, CASE n % 2 WHEN 1 THEN 'user' ELSE 'assistant' END, 'x', 'completed'
       FROM generate_series(1, 10002) n`,
      [uuidOfId(id)],
    );
    await stack.sql.query(
      `UPDATE conversations SET next_seq = 10003, leaf_id = (SELECT id FROM messages WHERE conversation_id = $1 AND seq = 10002)
       WHERE id = $1`,
      [uuidOfId(id)],
    );
    const next = { model, input: 'And?', conversation: id };
    await expect(client.responses.create({ ...next, truncation: 'disabled' })).rejects.toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
    });
    await client.responses.create(next);
    expect(history()).toHaveLength(50);
  });

  it('passes settings on to the LLM server, and repeats them', async () => {
    const response = await client.responses.create({
      model,
      input: 'hi',
      top_p: 0.5,
      reasoning: { effort: 'low', summary: 'auto' },
      text: { verbosity: 'low' },
      include: ['reasoning.encrypted_content'],
      service_tier: 'auto',
      max_tool_calls: 2,
      ...{ client_metadata: { session: 'a' } },
    });
    expect(stack.mock.requests.at(-1)!.frame).toMatchObject({
      settings: { top_p: 0.5, reasoning_effort: 'low', verbosity: 'low' },
    });
    expect(response).toMatchObject({
      top_p: 0.5,
      reasoning: { effort: 'low', summary: 'auto' },
      text: { format: { type: 'text' }, verbosity: 'low' },
    });
    expect(await client.responses.retrieve(response.id)).toEqual(response);
  });

  it.each<object>([
    { text: {} },
    { text: { format: null } },
    { text: { format: { type: 'text' }, verbosity: 'medium' } },
    { reasoning: {} },
    { reasoning: { effort: null, summary: null } },
    { reasoning: { effort: 'none' } },
    { reasoning: null, include: null, user: '' },
    { tools: [{ type: 'function', name: 'f' }], tool_choice: 'none' },
    { stream_options: { include_obfuscation: true } },
  ])('accepts %j', async (more) => {
    const { status } = await client.responses.create({ model, input: 'hi', ...more });
    expect(status).toBe('completed');
  });

  it('ends the stream of a rejected request with a code that clients do not retry', async () => {
    stack.mock.behave({ errorCode: 'context_length_exceeded' });
    const events = await all(await client.responses.create({ model, input: 'hi', stream: true }));
    expect(events.at(-1)).toMatchObject({
      type: 'response.failed',
      response: { error: { code: 'context_length_exceeded', type: 'context_length_exceeded' } },
    });
    stack.mock.behave({ errorCode: 'content_policy_violation' });
    const filtered = await all(await client.responses.create({ model, input: 'hi', stream: true }));
    expect(filtered.at(-1)).toMatchObject({ response: { error: { code: 'invalid_prompt' } } });
  });

  it('creates a conversation without items, as sessions of agents do', async () => {
    const { id } = await client.conversations.create({ items: [] });
    expect((await client.conversations.items.list(id)).data).toEqual([]);
  });

  it('adds responses to conversations, which /api shows as well', async () => {
    stack.mock.behave({ reply: 'Noted.' });
    const conversation = await client.conversations.create({
      items: [{ type: 'message', role: 'user', content: 'I am Ann.' }],
      metadata: { topic: 'names' },
    });
    expect(await client.conversations.retrieve(conversation.id)).toMatchObject({
      metadata: { topic: 'names' },
    });
    const response = await client.responses.create({
      model,
      input: 'Remember.',
      conversation: { id: conversation.id },
    });
    expect(response.conversation).toEqual({ id: conversation.id });
    // Two messages of the user in a row are sent as one.
    expect(stack.mock.requests.at(-1)!.frame).toMatchObject({ message: 'I am Ann.\n\nRemember.' });
    expect(history()).toEqual([]);
    await client.conversations.items.create(conversation.id, {
      items: [
        { type: 'message', role: 'user', content: 'One.' },
        { type: 'message', role: 'assistant', content: 'Two.' },
      ],
    });
    const texts = async (order: 'asc' | 'desc'): Promise<string[]> => {
      const found: string[] = [];
      for await (const item of client.conversations.items.list(conversation.id, { order, limit: 2 })) {
        if (item.type === 'message') found.push((item.content[0] as { text: string }).text);
      }
      return found;
    };
    const said = ['I am Ann.', 'Remember.', 'Noted.', 'One.', 'Two.'];
    expect(await texts('asc')).toEqual(said);
    expect(await texts('desc')).toEqual(said.toReversed());
    const listed = await stack.call<{ data: { title: string }[] }>('GET', '/api/conversations?limit=1');
    expect(listed.body.data[0]!.title).toBe('I am Ann.');
    const [newest] = (await client.conversations.items.list(conversation.id, { limit: 1 })).data;
    const where = { conversation_id: conversation.id };
    expect(await client.conversations.items.retrieve(newest!.id!, where)).toEqual(newest);
    expect(await client.conversations.items.delete(newest!.id!, where)).toMatchObject({
      id: conversation.id,
      metadata: { topic: 'names' },
    });
    await expect(client.conversations.items.retrieve(newest!.id!, where)).rejects.toThrow(
      OpenAI.NotFoundError,
    );
    expect(await texts('asc')).toEqual(said.slice(0, -1));
    expect(await stack.rows(`SELECT id FROM messages WHERE content = 'Two.'`)).toEqual([]);
    await client.responses.create({ model, input: 'What was said?', conversation: conversation.id });
    expect(history().map(({ content }) => content)).toEqual(['I am Ann.\n\nRemember.', 'Noted.']);
    // Without its answer, a question is not sent either.
    expect(stack.mock.requests.at(-1)!.frame).toMatchObject({ message: 'What was said?' });
    await client.conversations.update(conversation.id, { metadata: { topic: 'other' } });
    await client.conversations.delete(conversation.id);
    await expect(client.conversations.retrieve(conversation.id)).rejects.toThrow(OpenAI.NotFoundError);
    await expect(client.responses.retrieve(response.id)).rejects.toThrow(OpenAI.NotFoundError);
  });
});
