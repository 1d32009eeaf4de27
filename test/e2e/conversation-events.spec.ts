import { readEvents, textOf, type ReceivedEvent } from '../harness/event-stream.js';
import { Stack } from '../harness/stack.js';

/** Two servers on one database, with a mock LLM server. */
describe('events of a conversation', () => {
  let stack: Stack;
  let other: { url: string; close: () => Promise<void> };
  let id: string;

  beforeAll(async () => {
    stack = await Stack.start();
    other = await stack.replica();
  });
  afterAll(async () => {
    await other.close();
    await stack.stop();
  });
  beforeEach(async () => {
    await stack.mock.reset();
    const { body } = await stack.call('POST', '/api/conversations', {});
    id = body.id as string;
  });

  const send = async (content: string, onBusy = 'reject'): Promise<string> => {
    const body = { content, on_busy: onBusy };
    const sent = await stack.call('POST', `/api/conversations/${id}/messages`, body, {
      prefer: 'respond-async',
    });
    expect(sent.status).toBe(202);
    return sent.body.id as string;
  };
  const follow = (url: string, lastEventId?: string): Promise<Response> =>
    fetch(`${url}/api/conversations/${id}/events`, {
      headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
    });
  /** Reads until a number of runs have ended, and disconnects. */
  const until = async (response: Response, runs: number): Promise<ReceivedEvent[]> => {
    const events: ReceivedEvent[] = [];
    for await (const event of readEvents(response)) {
      events.push(event);
      if (events.filter(({ event }) => event === 'run.finished').length === runs) break;
    }
    return events;
  };
  const ofRun = (events: readonly ReceivedEvent[], run: string): ReceivedEvent[] =>
    events.filter(({ data }) => data.run_id === run);

  it.each([
    ['the server that takes its turns', (): string => stack.url],
    ['another one', (): string => other.url],
  ])('contain every turn in order, on %s', async (_, url) => {
    stack.mock.behave({ tokens: 20, tokensPerSecond: 100 });
    const following = until(await follow(url()), 2);
    const first = await send('one');
    const second = await send('two', 'queue');
    const events = await following;
    expect([...new Set(events.map(({ data }) => data.run_id))]).toEqual([first, second]);
    for (const run of [first, second]) {
      const runEvents = ofRun(events, run);
      expect(runEvents[0]!.event).toBe('run.started');
      expect(runEvents.every((event) => event.id.startsWith(`${run}:`))).toBe(true);
      expect(textOf(runEvents)).toBe(runEvents.at(-2)!.data.message.content);
    }
  });

  it('resume within a run, after a run, and with runs that were added meanwhile', async () => {
    stack.mock.behave({ tokens: 60, tokensPerSecond: 100 });
    const response = await follow(stack.url);
    const first = await send('one');
    const before: ReceivedEvent[] = [];
    for await (const event of readEvents(response)) {
      before.push(event);
      if (before.length === 6) break;
    }
    const second = await send('two', 'queue');
    const after = await until(await follow(other.url, before.at(-1)!.id), 2);
    expect(after.some(({ event, data }) => event === 'run.started' && data.run_id === first)).toBe(false);
    const all = ofRun([...before, ...after], first);
    expect(textOf(all)).toBe(all.at(-2)!.data.message.content);
    const last = after.findLast(({ data }) => data.run_id === first)!;
    const later = await until(await follow(stack.url, last.id), 1);
    expect(later.map(({ data }) => data.run_id)).not.toContain(first);
    expect(later).toHaveLength(ofRun(later, second).length);
  });

  it('begin with the active run', async () => {
    stack.mock.behave({ tokens: 40, tokensPerSecond: 100 });
    const run = await send('one');
    const events = await until(await follow(other.url), 1);
    expect(events[0]).toMatchObject({ event: 'run.started', data: { run_id: run } });
    expect(textOf(events)).toBe(events.at(-2)!.data.message.content);
  });

  it('end when the conversation is deleted', async () => {
    const response = await follow(other.url);
    await stack.call('DELETE', `/api/conversations/${id}`);
    const events: ReceivedEvent[] = [];
    for await (const event of readEvents(response)) events.push(event);
    expect(events).toEqual([]);
    expect((await follow(stack.url)).status).toBe(404);
  });

  it.each(['yesterday', '1.17', '01900000-0000-7000-8000-000000000000:1.17', ':', 'x:1.1'])(
    'cannot go on after %j',
    async (position) => {
      const response = await follow(stack.url, position);
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { errors: [{ field: 'Last-Event-ID' }] },
      ]);
    },
  );
});
