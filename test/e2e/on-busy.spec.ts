import { allEvents } from '../harness/event-stream.js';
import { type Json, Stack } from '../harness/stack.js';

type Run = Json & { id: string; status: string };

/** Three servers on one database, with a mock LLM server. */
describe('a conversation with an active run', () => {
  let stack: Stack;
  let urls: string[];
  let others: { url: string; close: () => Promise<void> }[];
  let id: string;

  beforeAll(async () => {
    stack = await Stack.start();
    others = [await stack.replica(), await stack.replica()];
    urls = [stack.url, ...others.map(({ url }) => url)];
  });
  afterAll(async () => {
    await Promise.all(others.map((other) => other.close()));
    await stack.stop();
  });
  beforeEach(async () => {
    await stack.mock.reset();
    const { body } = await stack.call('POST', '/api/conversations', {});
    id = body.id as string;
  });

  /** Sends to the three servers in turn. */
  const send = async (at: number, onBusy: string): Promise<{ status: number; body: Run }> => {
    const response = await fetch(`${urls[at % 3]}/api/conversations/${id}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'respond-async' },
      body: JSON.stringify({ content: `message ${at}`, on_busy: onBusy }),
    });
    return { status: response.status, body: (await response.json()) as Run };
  };
  const cancel = (at: number, run: Run): Promise<Response> =>
    fetch(`${urls[at % 3]}/api/runs/${run.id}/cancel`, { method: 'POST' });
  const end = async (run: Run, at = 0): Promise<string> => {
    const events = await allEvents(await fetch(`${urls[at % 3]}/api/runs/${run.id}/events`));
    return events.at(-1)!.data.run.status;
  };
  const runs = (): Promise<{ seq: number; status: string }[]> =>
    stack.rows(
      `SELECT m.seq, r.status FROM runs r JOIN messages m ON m.id = r.message_id
       WHERE r.conversation_id = $1 ORDER BY m.seq`,
      [id],
    );
  const idle = { active_run_id: null, queued_run_ids: [] };
  const conversation = async (): Promise<Json> =>
    (await stack.rows('SELECT active_run_id, queued_run_ids FROM conversations WHERE id = $1', [id]))[0]!;

  it('accepts one of many simultaneous messages to any server', async () => {
    stack.mock.behave({ serviceTimeMs: 300 });
    const sent = await Promise.all(Array.from({ length: 30 }, (_, at) => send(at, 'reject')));
    const taken = sent.filter(({ status }) => status === 202);
    expect(taken).toHaveLength(1);
    for (const { status, body } of sent.filter(({ status }) => status !== 202)) {
      expect([status, body]).toMatchObject([
        409,
        { code: 'conversation_busy', active_run_id: taken[0]!.body.id },
      ]);
    }
    await end(taken[0]!.body);
    expect(await conversation()).toEqual(idle);
  });

  it('runs queued turns one after another, in order, whichever server received them', async () => {
    stack.mock.behave({ serviceTimeMs: 40 });
    // One runs until all have been sent, and ten may wait.
    stack.mock.behaveOnce({ serviceTimeMs: 2_000 });
    const sent = await Promise.all(Array.from({ length: 14 }, (_, at) => send(at, 'queue')));
    const taken = sent.filter(({ status }) => status === 202).map(({ body }) => body);
    const refused = sent.filter(({ status }) => status !== 202);
    expect(taken).toHaveLength(11);
    for (const { status, body } of refused) {
      expect([status, body]).toMatchObject([409, { code: 'conversation_queue_full', retryable: true }]);
    }
    expect(taken.map(({ status }) => status).sort()).toEqual([
      'in_progress',
      ...Array<string>(10).fill('queued'),
    ]);
    const ends = await Promise.all(taken.map((run, at) => end(run, at)));
    expect(new Set(ends)).toEqual(new Set(['completed']));

    const asked = stack.mock.requests.map(({ frame }) => frame!.message);
    const places = await stack.rows(
      `SELECT content FROM messages WHERE conversation_id = $1 AND role = 'user' ORDER BY seq`,
      [id],
    );
    expect(asked).toEqual(places.map(({ content }) => content));
    const overlaps = stack.mock.requests.filter(
      ({ receivedAt }, at) => at > 0 && receivedAt < stack.mock.requests[at - 1]!.endedAt!,
    );
    expect(overlaps).toEqual([]);
    expect(await conversation()).toEqual(idle);
  });

  it('runs only the newest turn if each interrupts the earlier ones', async () => {
    stack.mock.behave({ tokens: 2_000, tokensPerSecond: 50 });
    const sent = await Promise.all(Array.from({ length: 9 }, (_, at) => send(at, 'interrupt')));
    expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([202]));
    await stack.mock.waitFor(
      (mock) => mock.requests.filter(({ outcome }) => outcome === 'pending').length === 1,
      15_000,
    );
    for (;;) {
      const found = await runs();
      if (found.slice(0, -1).every(({ status }) => status === 'cancelled')) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const newest = (await runs()).at(-1)!;
    expect(newest).toEqual({ seq: 18, status: 'in_progress' });
    const { active_run_id } = await conversation();
    const active = sent.find(({ body }) => body.id === active_run_id)!.body;
    expect((await cancel(1, active)).status).toBe(202);
    expect(await end(active, 2)).toBe('cancelled');
    expect(await conversation()).toEqual(idle);
  });

  it('removes a queued turn that is cancelled on any server, and continues with the next', async () => {
    stack.mock.behave({ tokens: 20, tokensPerSecond: 40 });
    const [first, second, third] = [await send(0, 'queue'), await send(1, 'queue'), await send(2, 'queue')];
    expect((await cancel(2, second.body)).status).toBe(202);
    expect(await end(second.body)).toBe('cancelled');
    expect(await stack.rows('SELECT status FROM runs WHERE id = $1', [first.body.id])).toEqual([
      { status: 'in_progress' },
    ]);
    expect([await end(first.body, 1), await end(third.body, 1)]).toEqual(['completed', 'completed']);
    expect(stack.mock.requests.map(({ frame }) => frame!.message)).toEqual(['message 0', 'message 2']);
    expect(await conversation()).toEqual(idle);
  });

  it('ignores a late cancel request, which applies only to its own run', async () => {
    const old = await send(0, 'reject');
    await end(old.body);
    stack.mock.behave({ tokens: 20, tokensPerSecond: 40 });
    const newer = await send(1, 'reject');
    for (const at of [0, 1, 2]) {
      const late = await cancel(at, old.body);
      expect([late.status, ((await late.json()) as Run).status]).toEqual([200, 'completed']);
    }
    expect(await end(newer.body, 2)).toBe('completed');
  });
});
