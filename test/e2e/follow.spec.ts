import { once } from 'node:events';
import { ChatObserver } from '#chat';
import { queryOnce } from '#testing';
import { allEvents, readEvents, textOf, type ReceivedEvent } from '../harness/event-stream.js';
import { type Json, Stack } from '../harness/stack.js';

/** Two servers on one database, with a mock LLM server. */
describe('following a run', () => {
  let stack: Stack;
  let other: { url: string; close: () => Promise<void> };

  beforeAll(async () => {
    stack = await Stack.start();
    other = await stack.replica();
  });
  afterAll(async () => {
    await other.close();
    await stack.stop();
  });
  beforeEach(() => stack.mock.reset());

  const start = async (behavior: Parameters<Stack['mock']['behave']>[0]): Promise<string> => {
    stack.mock.behave(behavior);
    const { body } = await stack.call('POST', '/api/conversations', {});
    const path = `/api/conversations/${body.id as string}/messages`;
    const sent = await stack.call('POST', path, { content: 'tell me' }, { prefer: 'respond-async' });
    return sent.body.id as string;
  };
  const eventsOf = (id: string, url = stack.url, lastEventId?: string): Promise<Response> =>
    fetch(`${url}/api/runs/${id}/events`, {
      headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
    });
  /** Reads a number of deltas, and disconnects. */
  const some = async (response: Response, deltas: number): Promise<ReceivedEvent[]> => {
    const events: ReceivedEvent[] = [];
    for await (const event of readEvents(response)) {
      events.push(event);
      if (events.filter(({ event }) => event === 'message.delta').length === deltas) break;
    }
    return events;
  };
  const cancel = async (id: string, url = stack.url): Promise<{ status: number; body: Json }> => {
    const response = await fetch(`${url}/api/runs/${id}/cancel`, { method: 'POST' });
    return { status: response.status, body: (await response.json()) as Json };
  };

  it.each([
    ['the server that carries it out', (): string => stack.url],
    ['another one', (): string => other.url],
  ])('resumes at the position of its reader on %s, without gap or repetition', async (_, url) => {
    const id = await start({ tokens: 120, tokensPerSecond: 120 });
    const before = await some(await eventsOf(id), 5);
    const after = await allEvents(await eventsOf(id, url(), before.at(-1)!.id));

    expect(after.map(({ event }) => event)).not.toContain('run.started');
    const all = [...before, ...after];
    expect(after.at(-1)!.event).toBe('run.finished');
    expect(textOf(all)).toBe(after.at(-2)!.data.message.content);
    expect(new Set(all.filter(({ event }) => event === 'message.delta').map(({ id }) => id)).size).toBe(
      all.filter(({ event }) => event === 'message.delta').length,
    );
  });

  it('gives the same text from the beginning on every server, during the run and after its end', async () => {
    const id = await start({ tokens: 60, tokensPerSecond: 100 });
    const [here, there] = await Promise.all(
      [stack.url, other.url].map(async (url) => allEvents(await eventsOf(id, url))),
    );
    const past = await allEvents(await eventsOf(id, other.url));
    for (const events of [here!, there!, past]) {
      expect(events.slice(0, 2).map(({ event }) => event)).toEqual(['run.started', 'message.created']);
      expect(events.slice(-2)).toEqual(here!.slice(-2));
      expect(textOf(events)).toBe(textOf(here!));
    }
  });

  it('sends nothing to a reader that has received run.finished', async () => {
    const id = await start({ reply: 'short' });
    const events = await allEvents(await eventsOf(id));
    const last = events.at(-1)!.id;
    expect((await eventsOf(id, other.url, last)).status).toBe(204);
    const byQuery = await fetch(`${stack.url}/api/runs/${id}/events?starting_after=${last}`);
    expect(byQuery.status).toBe(204);
    const almost = await allEvents(await eventsOf(id, other.url, events.at(-2)!.id));
    expect(almost.map(({ event }) => event)).toEqual(['run.finished']);
  });

  it.each([
    ['', 1],
    [', and though it starts over', 2],
  ])(
    'has the text that is stored for readers who come back after every delta, here and there, whatever it is made of%s',
    async (_, attempts) => {
      const behavior = { reply: '😀 𝒳𝒴 é👩‍👩‍👧 '.repeat(30), tokensPerSecond: 100 };
      if (attempts === 2) stack.mock.behaveOnce({ ...behavior, cut: 'reset', afterTokens: 40 });
      const id = await start(behavior);
      const all: ReceivedEvent[] = [];
      for (let turn = 0; all.at(-1)?.event !== 'run.finished'; turn += 1) {
        const url = turn % 2 ? stack.url : other.url;
        all.push(...(await some(await eventsOf(id, url, all.at(-1)?.id), 1)));
      }
      const [stored] = await stack.rows<{ content: string }>(
        'SELECT content FROM messages WHERE run_id = $1',
        [id],
      );
      expect(all.filter(({ event }) => event === 'run.retrying')).toHaveLength(attempts - 1);
      expect(textOf(all)).toBe(stored!.content);
      expect(stored!.content).toContain('👩‍👩‍👧');
    },
  );

  it('sends run.retrying to a reader that resumes with text of a failed attempt', async () => {
    stack.mock.behaveOnce({ cut: 'reset', afterTokens: 20, tokens: 30, tokensPerSecond: 60 });
    const id = await start({ tokens: 60, tokensPerSecond: 60, firstTokenDelayMs: 100 });
    const before = await some(await eventsOf(id), 3);
    await stack.mock.waitFor((mock) => mock.requestsReceived === 2);
    const after = await allEvents(await eventsOf(id, other.url, before.at(-1)!.id));
    expect(after.find(({ event }) => event === 'run.retrying')).toMatchObject({
      id: '2.0',
      data: { keep_chars: 0 },
    });
    expect(textOf([...before, ...after])).toBe(after.at(-2)!.data.message.content);
  });

  it.each([
    ['the server that carries it out', (): string => stack.url],
    ['another one', (): string => other.url],
  ])(
    'can be cancelled on %s: the request to the LLM server is cancelled, and the partial text is kept',
    async (_, url) => {
      const id = await start({ tokens: 2_000, tokensPerSecond: 50 });
      const reading = eventsOf(id).then(allEvents);
      await some(await eventsOf(id), 3);
      const { status, body } = await cancel(id, url());
      expect([status, body.id]).toEqual([202, id]);
      await stack.mock.waitFor((mock) => mock.requests.at(-1)!.outcome === 'abandoned');

      const events = await reading;
      const [last, finished] = events.slice(-2);
      expect(last).toMatchObject({ event: 'message.cancelled', data: { message: { status: 'cancelled' } } });
      expect(last!.data.message.content).toBe(textOf(events));
      expect(textOf(events)).not.toBe('');
      expect(finished!.data.run).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' } });
      expect((await cancel(id, url())).status).toBe(200);
      expect(await stack.rows('SELECT 1 FROM run_pieces')).toEqual([]);
    },
  );

  it('rejects an unknown id and an invalid position', async () => {
    const unknown = '01900000-0000-7000-8000-000000000000';
    expect((await eventsOf(unknown)).status).toBe(404);
    expect((await cancel(unknown)).status).toBe(404);
    const id = await start({ reply: 'short' });
    const bad = await eventsOf(id, stack.url, 'yesterday');
    expect([bad.status, ((await bad.json()) as Json).errors]).toMatchObject([
      400,
      [{ field: 'Last-Event-ID' }],
    ]);
    const query = await stack.call('GET', `/api/runs/${id}/events?starting_after=1`);
    expect([query.status, query.body.errors]).toMatchObject([400, [{ field: 'starting_after' }]]);
    await allEvents(await eventsOf(id));
  });

  it('ends its streams and is stored when logins are accepted again, without a second question', async () => {
    const admin = process.env.PARLEY_TEST_ADMIN_URL!;
    const name = new URL(stack.database.url).pathname.slice(1);
    const questions = stack.mock.requestsReceived;
    const id = await start({ tokens: 60, tokensPerSecond: 30 });
    const reading = eventsOf(id).then(allEvents);
    const delayed = once(stack.get(ChatObserver), 'storeDelayed');
    await stack.mock.waitFor(({ requestsReceived }) => requestsReceived > questions);
    await queryOnce(admin, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await queryOnce(
      admin,
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${name}'`,
    );
    await delayed;
    expect((await stack.call('GET', '/api/conversations')).status).toBe(503);
    await queryOnce(admin, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    expect((await reading).at(-1)).toMatchObject({
      event: 'run.finished',
      data: { run: { status: 'completed' } },
    });
    expect(stack.mock.requestsReceived).toBe(questions + 1);
  });

  it('keeps the stored text if the second server crashes, too', async () => {
    const id = await start({ tokens: 2_000, tokensPerSecond: 50 });
    while ((await stack.rows('SELECT 1 FROM run_pieces WHERE run_id = $1', [id])).length < 2) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    // Simulates a crash of the second server: the lease ends, and the next takeover claims the run.
    await stack.rows(
      `UPDATE runs SET lease_until = now() - interval '1 hour', fence = fence + 1, crashes = 1 WHERE id = $1`,
      [id],
    );
    const late = await stack.replica();
    try {
      const events = await allEvents(await eventsOf(id, late.url));
      expect(events.at(-1)!.data.run).toMatchObject({
        status: 'incomplete',
        error: { code: 'server_restart' },
      });
      const { content } = events.at(-2)!.data.message;
      expect(content).not.toBe('');
      expect(textOf(events)).toBe(content);
      // The crashed server had sent more text than it had stored.
      const after = await allEvents(await eventsOf(id, late.url, '1.9999'));
      expect(after[0]).toMatchObject({ event: 'run.retrying', data: { attempt: 1001, keep_chars: 0 } });
      expect(textOf(after)).toBe(content);
    } finally {
      await late.close();
    }
  });
});
