import OpenAI from 'openai';
import { Stack } from '../harness/stack.js';
import { openAiClient } from './openai-client.js';

const model = 'default';
const keys = { ann: 'a-key-of-ann-0123', bob: 'a-key-of-bob-0123' };

/** Two owners with a key each. */
describe('AUTH=keys with the official client', () => {
  let stack: Stack;
  let ann: OpenAI;
  let bob: OpenAI;

  beforeAll(async () => {
    stack = await Stack.start({
      environment: { AUTH: 'keys', API_KEYS: `ann:${keys.ann},bob:${keys.bob}` },
    });
    ann = openAiClient(stack, { apiKey: keys.ann });
    bob = openAiClient(stack, { apiKey: keys.bob });
  });
  afterAll(() => stack.stop());

  it.each<[string, (client: OpenAI) => Promise<unknown>]>([
    ['models', (client) => client.models.list()],
    [
      'chat',
      (client) => client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hi' }] }),
    ],
    ['responses', (client) => client.responses.create({ model, input: 'hi' })],
    ['conversations', (client) => client.conversations.create()],
  ])('%s require a key', async (_, call) => {
    const rejected = call(openAiClient(stack, { apiKey: 'an-unknown-key-001' }));
    await expect(rejected).rejects.toThrow(OpenAI.AuthenticationError);
    await expect(rejected).rejects.toMatchObject({
      status: 401,
      type: 'invalid_request_error',
      code: 'invalid_api_key',
      param: null,
    });
    await expect(call(ann)).resolves.toBeDefined();
  });

  it('isolates the responses of owners', async () => {
    const { id } = await ann.responses.create({ model, input: 'hi' });
    const attempts = [
      () => bob.responses.retrieve(id),
      () => bob.responses.retrieve(id, { stream: true }),
      () => bob.responses.cancel(id),
      () => bob.responses.delete(id),
      () => bob.responses.inputItems.list(id),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toThrow(OpenAI.NotFoundError);
    for (const store of [true, false]) {
      const attempt = bob.responses.create({ model, input: 'hi', previous_response_id: id, store });
      await expect(attempt).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' });
    }
    expect((await ann.responses.retrieve(id)).status).toBe('completed');
  });

  it('isolates the conversations of owners', async () => {
    const items = [{ type: 'message' as const, role: 'user' as const, content: 'Mine.' }];
    const { id } = await ann.conversations.create({ items });
    const [item] = (await ann.conversations.items.list(id)).data;
    const attempts = [
      () => bob.conversations.retrieve(id),
      () => bob.conversations.update(id, { metadata: { topic: 'stolen' } }),
      () => bob.conversations.delete(id),
      () => bob.conversations.items.list(id),
      () => bob.conversations.items.create(id, { items }),
      () => bob.conversations.items.retrieve(item!.id!, { conversation_id: id }),
      () => bob.conversations.items.delete(item!.id!, { conversation_id: id }),
      () => bob.responses.create({ model, input: 'hi', conversation: id }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toThrow(OpenAI.NotFoundError);
    expect(await ann.conversations.retrieve(id)).toMatchObject({ metadata: {} });
    expect((await ann.conversations.items.list(id)).data).toHaveLength(1);
  });

  it('stores a completion for its owner alone', async () => {
    const messages = [{ role: 'user' as const, content: 'Keep this.' }];
    await ann.chat.completions.create({ model, messages, store: true });
    const titles = async (key: string): Promise<unknown[]> => {
      const { body } = await stack.call<{ data: { title: string }[] }>(
        'GET',
        '/api/conversations?q=keep',
        undefined,
        { authorization: `Bearer ${key}` },
      );
      return body.data.map(({ title }) => title);
    };
    expect([await titles(keys.ann), await titles(keys.bob)]).toEqual([['Keep this.'], []]);
  });
});
