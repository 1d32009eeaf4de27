import { Notifications } from '#database';
import { TransactionPooler } from '../harness/transaction-pooler.js';
import { allEvents, readEvents, textOf, type ReceivedEvent } from '../harness/event-stream.js';
import { type Json, Stack } from '../harness/stack.js';
import { createTestDatabase } from '#testing';

/** Two servers on one database, through a proxy that blocks notifications. */
describe('servers behind a pooler without LISTEN', () => {
  let pooler: TransactionPooler;
  let stack: Stack;
  let other: { url: string; close: () => Promise<void> };
  let path: string;

  beforeAll(async () => {
    const database = await createTestDatabase();
    pooler = await TransactionPooler.start(database.url);
    stack = await Stack.start({
      database: { url: pooler.url, drop: () => database.drop() },
      environment: { RUN_LEASE: '1.5', DRAIN_TIMEOUT: '0' },
    });
    other = await stack.replica();
  });
  afterAll(async () => {
    await other.close();
    await stack.stop();
    await pooler.stop();
  });
  afterEach(() => {
    expect(pooler.dropped).toBeGreaterThan(0);
    expect(stack.get(Notifications).isReceiving).toBe(false);
  });
  beforeEach(async () => {
    await stack.mock.reset();
    stack.mock.behave({ tokens: 60, tokensPerSecond: 60 });
    const { body } = await stack.call('POST', '/api/conversations', {});
    path = `/api/conversations/${body.id as string}/messages`;
  });

  const send = async (url: string, body: object): Promise<Json & { id: string }> => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'respond-async' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Json & { id: string };
  };
  const follow = (url: string, id: string, lastEventId = ''): Promise<Response> =>
    fetch(`${url}/api/runs/${id}/events`, { headers: { 'last-event-id': lastEventId } });

  it('follow a run of the other server by polling', async () => {
    const { id } = await send(stack.url, { content: 'tell me' });
    const events = await allEvents(await follow(other.url, id));
    // At the interval at which the text is stored, not in one piece at the end.
    expect(events.filter(({ event }) => event === 'message.delta').length).toBeGreaterThan(2);
    expect(textOf(events)).toBe(events.at(-2)!.data.message.content);
    expect(events.at(-1)!.data.run.status).toBe('completed');
  });

  it('let a reader resume on the other server without a gap', async () => {
    const { id } = await send(stack.url, { content: 'tell me' });
    const before: ReceivedEvent[] = [];
    for await (const event of readEvents(await follow(stack.url, id))) {
      before.push(event);
      if (before.length === 12) break;
    }
    const after = await allEvents(await follow(other.url, id, before.at(-1)!.id));
    expect(textOf([...before, ...after])).toBe(after.at(-2)!.data.message.content);
  });

  it('cancel runs of the other server, which notices at its next heartbeat', async () => {
    stack.mock.behave({ tokens: 5_000, tokensPerSecond: 50 });
    const { id } = await send(stack.url, { content: 'tell me' });
    const cancelled = await fetch(`${other.url}/api/runs/${id}/cancel`, { method: 'POST' });
    expect(cancelled.status).toBe(202);
    const events = await allEvents(await follow(other.url, id));
    expect(events.at(-1)!.data.run.status).toBe('cancelled');
    await stack.mock.waitFor((mock) => mock.requests.at(-1)!.outcome === 'abandoned');
  });

  it('start queued turns by polling', async () => {
    const first = await send(stack.url, { content: 'one' });
    const second = await send(other.url, { content: 'two', on_busy: 'queue' });
    expect(second.status).toBe('queued');
    for (const { id } of [first, second]) {
      expect((await allEvents(await follow(stack.url, id))).at(-1)!.data.run.status).toBe('completed');
    }
    expect(stack.mock.requests.map(({ frame }) => frame!.message)).toEqual(['one', 'two']);
  });

  it('take over runs that the other server hands over', async () => {
    const third = await stack.replica();
    stack.mock.behave({ tokens: 2_000, tokensPerSecond: 50 });
    const { id } = await send(third.url, { content: 'tell me' });
    await stack.mock.waitFor((mock) => mock.requestsReceived === 1);
    stack.mock.behave({ tokens: 10, tokensPerSecond: 0 });
    await third.close();
    const events = await allEvents(await follow(other.url, id));
    expect(events.at(-1)!.data.run.status).toBe('completed');
  });
});
