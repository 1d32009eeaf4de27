import { setTimeout as sleep } from 'node:timers/promises';
import { allEvents, textOf } from '../harness/event-stream.js';
import { Stack } from '../harness/stack.js';
import { createTestDatabase, type TestDatabase } from '#testing';
import { databaseTimeout } from './arena.js';
import { type Afterwards, SwallowingProxy } from './swallowing-proxy.js';

/** Real: the server, PostgreSQL, and what happens to the way between them. Mocked: the LLM. */
describe('a commit whose answer never came', () => {
  let database: TestDatabase;
  let proxy: SwallowingProxy;
  let stack: Stack;

  beforeEach(async () => {
    database = await createTestDatabase();
    proxy = await SwallowingProxy.start(database.url);
    stack = await Stack.start({
      database: { url: proxy.url, drop: () => database.drop() },
      behavior: { reply: 'Hello.' },
      environment: { DATABASE_TIMEOUT: String(databaseTimeout) },
    });
  });
  afterEach(async () => {
    proxy.accept();
    await stack.stop();
    await proxy.stop();
  });

  const runs = () => stack.rows('SELECT status, fence, crashes FROM runs ORDER BY id');
  const messages = () => stack.rows('SELECT content FROM messages ORDER BY seq');
  const once = [{ status: 'completed', fence: 1, crashes: 0 }];

  it.each<[string, Afterwards]>([
    ['open_conversations', 'cut'],
    ['open_conversations', 'hang'],
    ['finish_runs', 'cut'],
    ['finish_runs', 'hang'],
  ])('goes on as if it had: %s, the connection is then left to %s', async (statement, afterwards) => {
    proxy.swallow(statement, afterwards);
    const response = await stack.stream('/api/chat', { message: 'hello' });
    const events = await allEvents(response);

    expect(proxy.swallowed).toBe(1);
    const told = events.map(({ event }) => event).filter((event) => event !== 'message.delta');
    expect(told).toEqual(['run.started', 'message.created', 'message.completed', 'run.finished']);
    expect(textOf(events)).toBe('Hello.');
    expect(await runs()).toEqual(once);
    expect(stack.mock.requestsReceived).toBe(1);
    expect(await messages()).toEqual([{ content: 'hello' }, { content: 'Hello.' }]);
  });

  it('goes on with the one turn when both its beginning and its end are lost, in a conversation that goes on', async () => {
    const first = await stack.call('POST', '/api/chat', { message: 'hello' });
    const conversation_id = first.body.conversation_id as string;
    for (const statement of ['continue_conversations', 'finish_runs']) {
      proxy.swallow(statement, 'cut');
      const { status, body } = await stack.call('POST', '/api/chat', { message: statement, conversation_id });
      expect([status, body.response]).toEqual([200, 'Hello.']);
    }
    const { body } = await stack.call<{ data: { seq: number; parent_id: string | null; id: string }[] }>(
      'GET',
      `/api/conversations/${conversation_id}/messages`,
    );
    expect(body.data.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(body.data.map(({ parent_id }) => parent_id)).toEqual([
      null,
      ...body.data.slice(0, -1).map(({ id }) => id),
    ]);
    expect(proxy.swallowed).toBe(2);
  });

  it('lets the next message in when a queued one’s beginning is lost', async () => {
    stack.mock.behaveOnce({ reply: 'Hello.', firstTokenDelayMs: 500 });
    const { body: conversation } = await stack.call('POST', '/api/conversations', {});
    const path = `/api/conversations/${conversation.id as string}/messages`;
    await stack.call('POST', path, { content: 'hello' }, { prefer: 'respond-async' });
    proxy.swallow('begin_run', 'cut');
    const { status, body } = await stack.call('POST', path, { content: 'and then?', on_busy: 'queue' });
    expect(proxy.swallowed).toBe(1);
    expect(status).toBe(200);
    expect(body).toMatchObject({ reply: { content: 'Hello.', status: 'completed' } });
    expect(await runs()).toEqual([...once, ...once]);
  });

  it('is no loss when the database stays away: the turn is there, and is carried out by whoever looks after it', async () => {
    const headers = { 'idempotency-key': 'once' };
    proxy.swallow('open_conversations', 'cut', true);
    const refused = await stack.call('POST', '/api/chat', { message: 'hello' }, headers);
    expect(refused).toMatchObject({ status: 503, body: { code: 'database_unavailable', retryable: true } });
    expect(proxy.swallowed).toBe(1);
    await sleep(500);
    proxy.accept();

    const again = await stack.call('POST', '/api/chat', { message: 'hello' }, headers);
    expect(again).toMatchObject({ status: 200, body: { response: 'Hello.' } });
    expect(stack.mock.requestsReceived).toBe(1);
    expect(await messages()).toEqual([{ content: 'hello' }, { content: 'Hello.' }]);
  }, 60_000);
});
