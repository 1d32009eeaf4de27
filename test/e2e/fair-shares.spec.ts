import { LlmClient } from '#llm';
import { Stack } from '../harness/stack.js';

const keys = { ann: 'ann-key-0123456789abcdef', bob: 'bob-key-fedcba9876543210' };

/** Uses the server with PostgreSQL and a slow mock LLM server. */
describe('two owners', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await Stack.start({
      behavior: { reply: 'Hello.', serviceTimeMs: 1_000 },
      environment: {
        AUTH: 'keys',
        API_KEYS: Object.entries(keys)
          .map(([name, key]) => `${name}:${key}`)
          .join(','),
        LLM_MAX_CONNECTIONS: '5',
        LLM_MAX_QUEUE: '5',
        DATABASE_POOL_SIZE: '5',
      },
    });
  });
  afterAll(() => stack.stop());

  const ask = (
    owner: keyof typeof keys,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ) =>
    fetch(stack.url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${keys[owner]}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });

  it('share the LLM: one above its share is refused, while the other is answered', async () => {
    const refused: Response[] = [];
    let accepted = 0;
    while (refused.length === 0) {
      const answer = await ask('ann', '/v1/responses', { model: 'default', input: 'hi', background: true });
      if (answer.status === 200) accepted += 1;
      else refused.push(answer);
    }
    // Four of five connections and four of five queue positions, and requests before these were in use.
    expect(accepted).toBeGreaterThanOrEqual(8);
    expect(refused[0]!.status).toBe(429);
    expect(refused[0]!.headers.get('retry-after')).toBe('2');
    expect(await refused[0]!.json()).toMatchObject({
      error: { code: 'owner_limit', type: 'rate_limit_error' },
    });

    expect(stack.get(LlmClient).state[0]!.queued).toBeGreaterThan(0);
    expect((await ask('bob', '/api/chat', { message: 'hi' })).status).toBe(200);
  });

  it('share the database: many searches of one do not affect the other, nor readiness', async () => {
    const release = await lockMessages();
    const searches = Array.from({ length: 40 }, () => ask('ann', '/api/conversations?q=hello'));
    while ((await waitingForLock()) === 0);
    const bobs = await Promise.all([
      ask('bob', '/api/conversations'),
      fetch(`${stack.url}/health/ready`),
      fetch(`${stack.url}/health/live`),
    ]);
    expect(bobs.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await waitingForLock()).toBe(1);
    await release();
    const statuses = (await Promise.all(searches)).map(({ status }) => status);
    for (const status of statuses) expect([200, 429, 503]).toContain(status);
    expect(statuses).toContain(200);
  });

  it('cancel a search in PostgreSQL when its client disconnects', async () => {
    const release = await lockMessages();
    const client = new AbortController();
    const search = ask('bob', '/api/conversations?q=hello', undefined, {}, client.signal);
    const left = expect(search).rejects.toThrow();
    while ((await waitingForLock()) === 0);
    client.abort();
    await left;
    while ((await waitingForLock()) !== 0);
    await release();
  });

  /** Locks messages: searches, which read them, wait until the lock is released; lists of conversations do not. */
  async function lockMessages(): Promise<() => Promise<void>> {
    const lock = await stack.sql.connect();
    await lock.query('BEGIN');
    await lock.query('LOCK TABLE messages');
    return async () => {
      await lock.query('COMMIT');
      lock.release();
    };
  }

  /** The searches that wait for the lock; ends of runs may wait for it as well. */
  async function waitingForLock(): Promise<number> {
    const text =
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%tsquery%'";
    return (await stack.sql.query(text)).rowCount ?? 0;
  }
});
