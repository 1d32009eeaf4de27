import { Stack } from '../harness/stack.js';

const ada = 'ada-key-0123456789abcdef';
const bob = 'bob-key-0123456789abcdef';

/** Uses the application with PostgreSQL. */
describe('with AUTH=keys', () => {
  let stack: Stack;
  const as = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

  beforeAll(async () => {
    stack = await Stack.start({ environment: { AUTH: 'keys', API_KEYS: `ada:${ada},bob:${bob}` } });
  });
  afterAll(() => stack.stop());

  it('requires a key for the API, and none for probes and documents', async () => {
    for (const path of ['/api/conversations', '/api/llm/health']) {
      expect((await stack.call('GET', path)).status).toBe(401);
    }
    expect((await stack.call('POST', '/api/chat', { message: 'hi' })).headers.get('www-authenticate')).toBe(
      'Bearer',
    );
    expect((await stack.call('GET', '/api/conversations', undefined, as('wrong'))).status).toBe(401);
    for (const path of ['/health', '/health/live', '/health/ready', '/docs', '/openapi.json']) {
      expect((await stack.fetch(path)).status).toBe(200);
    }
  });

  it('accepts the key as X-API-Key', async () => {
    expect((await stack.call('GET', '/api/conversations', undefined, { 'x-api-key': ada })).status).toBe(200);
  });

  it('hides the data of one owner from another', async () => {
    const { body } = await stack.call('POST', '/api/chat', { message: 'mine' }, as(ada));
    const conversation = `/api/conversations/${body.conversation_id as string}`;
    const answers = [
      await stack.call('GET', conversation, undefined, as(bob)),
      await stack.call('PATCH', conversation, { title: 'stolen' }, as(bob)),
      await stack.call('DELETE', conversation, undefined, as(bob)),
      await stack.call('GET', `${conversation}/messages`, undefined, as(bob)),
      await stack.call('POST', `${conversation}/messages`, { content: 'hi' }, as(bob)),
      await stack.call(
        'POST',
        '/api/chat',
        { message: 'hi', conversation_id: body.conversation_id },
        as(bob),
      ),
      await stack.call('GET', `/api/runs/${body.run_id as string}`, undefined, as(bob)),
      await stack.call(
        'GET',
        `/api/conversations?after=${body.conversation_id as string}`,
        undefined,
        as(bob),
      ),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    expect(
      (await stack.call<{ data: unknown[] }>('GET', '/api/conversations', undefined, as(bob))).body.data,
    ).toEqual([]);
    expect((await stack.call('GET', conversation, undefined, as(ada))).body.title).toBe('mine');
  });
});
