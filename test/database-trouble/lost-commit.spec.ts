import { setTimeout as sleep } from 'node:timers/promises';
import { allEvents, textOf } from '../harness/event-stream.js';
import { Stack } from '../harness/stack.js';
import { createTestDatabase, type TestDatabase } from '#testing';
import { databaseTimeout } from './stack-with-postgres.js';
import { type AfterDrop, DroppingProxy } from './dropping-proxy.js';

/** Real: the server, PostgreSQL, and a proxy between them. Mocked: the LLM. */
describe('a commit whose response is lost', () => {
  let database: TestDatabase;
  let proxy: DroppingProxy;
  let stack: Stack;

  beforeEach(async () => {
    database = await createTestDatabase();
    proxy = await DroppingProxy.start(database.url);
    stack = await Stack.start({
      database: { url: proxy.url, drop: () => database.drop() },
      behavior: { reply: 'Hello.' },
      environment: { DATABASE_TIMEOUT: String(databaseTimeout) },
    });
  });
  afterEach(async () => {
    proxy.acceptConnections();
    await stack.stop();
    await proxy.stop();
  });

  const runs = () => stack.rows('SELECT status, fence, crashes FROM runs ORDER BY id');
  const messages = () => stack.rows('SELECT content FROM messages ORDER BY seq');
  const once = [{ status: 'completed', fence: 1, crashes: 0 }];

  it.each<[string, AfterDrop]>([
    ['open_conversations', 'closed'],
    ['open_conversations', 'silent'],
    ['finish_runs', 'closed'],
    ['finish_runs', 'silent'],
  ])('does not affect the turn: %s, after which the connection is %s', async (statement, afterDrop) => {
    proxy.dropResponse(statement, afterDrop);
    const response = await stack.stream('/api/chat', { message: 'hello' });
    const events = await allEvents(response);

    expect(proxy.dropped).toBe(1);
    const names = events.map(({ event }) => event).filter((event) => event !== 'message.delta');
    expect(names).toEqual(['run.started', 'message.created', 'message.completed', 'run.finished']);
    expect(textOf(events)).toBe('Hello.');
    expect(await runs()).toEqual(once);
    expect(stack.mock.requestsReceived).toBe(1);
    expect(await messages()).toEqual([{ content: 'hello' }, { content: 'Hello.' }]);
  });

  it('does not repeat a turn of an existing conversation when the responses for its start and end are lost', async () => {
    const first = await stack.call('POST', '/api/chat', { message: 'hello' });
    const conversation_id = first.body.conversation_id as string;
    for (const statement of ['continue_conversations', 'finish_runs']) {
      proxy.dropResponse(statement, 'closed');
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
    expect(proxy.dropped).toBe(2);
  });

  it('starts a queued message when the response for its start is lost', async () => {
    stack.mock.behaveOnce({ reply: 'Hello.', firstTokenDelayMs: 500 });
    const { body: conversation } = await stack.call('POST', '/api/conversations', {});
    const path = `/api/conversations/${conversation.id as string}/messages`;
    await stack.call('POST', path, { content: 'hello' }, { prefer: 'respond-async' });
    proxy.dropResponse('begin_run', 'closed');
    const { status, body } = await stack.call('POST', path, { content: 'and then?', on_busy: 'queue' });
    expect(proxy.dropped).toBe(1);
    expect(status).toBe(200);
    expect(body).toMatchObject({ reply: { content: 'Hello.', status: 'completed' } });
    expect(await runs()).toEqual([...once, ...once]);
  });

  it('loses no turn when the database stays unavailable: a retry finds the turn and its answer', async () => {
    const headers = { 'idempotency-key': 'once' };
    proxy.dropResponse('open_conversations', 'closed', true);
    const refused = await stack.call('POST', '/api/chat', { message: 'hello' }, headers);
    expect(refused).toMatchObject({ status: 503, body: { code: 'database_unavailable', retryable: true } });
    expect(proxy.dropped).toBe(1);
    await sleep(500);
    proxy.acceptConnections();

    const again = await stack.call('POST', '/api/chat', { message: 'hello' }, headers);
    expect(again).toMatchObject({ status: 200, body: { response: 'Hello.' } });
    expect(stack.mock.requestsReceived).toBe(1);
    expect(await messages()).toEqual([{ content: 'hello' }, { content: 'Hello.' }]);
  }, 60_000);
});
