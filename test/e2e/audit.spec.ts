import { MockLlm } from '#mock-llm';
import { createTestDatabase, Program, type TestDatabase } from '#testing';
import { usesBuild } from '../harness/build.js';

const ann = 'ann-key-0123456789abcdef';
const wrong = 'wrong-key-0123456789abcdef';

interface Line {
  logger?: string;
  msg: string;
  [field: string]: unknown;
}

/** Runs the server as a process and reads its log. */
describe('the audit log', () => {
  let database: TestDatabase;
  let mock: MockLlm;
  let server: Program;
  let url: string;

  usesBuild();
  beforeAll(async () => {
    [database, mock] = await Promise.all([createTestDatabase(), MockLlm.start()]);
    server = new Program('apps/server/src/main', {
      PORT: '0',
      DATABASE_URL: database.url,
      LLM_WEBSOCKET_URL: mock.url,
      LOG_FORMAT: 'json',
      // A line of level info contains the address.
      LOG_LEVEL: 'info',
      AUTH: 'keys',
      API_KEYS: `ann:${ann}`,
      OPERATOR_KEYS: 'ops:ops-key-0123456789abcdef',
      FAILED_SIGN_INS: '3',
    });
    url = (await server.waitForOutput(/"url":"(http:[^"]+)"/))[1]!;
  }, 120_000);
  afterAll(async () => {
    await server.stop('SIGTERM');
    await mock.stop();
    await database.drop();
  });

  const call = (method: string, path: string, body?: unknown, key = ann, headers: object = {}) =>
    fetch(url + path, {
      method,
      headers: {
        'x-api-key': key,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const lines = (): Line[] =>
    server.output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line)
      .filter(({ logger }) => logger === 'parley.audit');
  const linesOf = async (action: string, count = 1): Promise<Line[]> => {
    const deadline = AbortSignal.timeout(10_000);
    for (;;) {
      const found = lines().filter(({ msg }) => msg === action);
      if (found.length >= count) return found;
      deadline.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  it('contains deletes, exports and imports with owner, ids and request id', async () => {
    const { id } = (await (await call('POST', '/api/conversations', {})).json()) as { id: string };
    const path = `/api/conversations/${id}`;
    const exported: unknown = await (await call('GET', `${path}/export`)).json();
    const imported = await call('POST', '/api/import', exported);
    const location = imported.headers.get('location');
    expect(imported.status).toBe(201);
    await call('DELETE', path, undefined, ann, { 'x-request-id': 'delete-1' });
    await call('DELETE', path, undefined, ann, { 'x-request-id': 'delete-2 "forged\u00e9"' });

    const about = { owner: 'ann', address: '127.0.0.1' };
    expect(await linesOf('conversation.export')).toMatchObject([{ ...about, ids: { id }, status: 200 }]);
    expect(await linesOf('conversation.import')).toMatchObject([
      { ...about, ids: { location }, status: 201, request_id: imported.headers.get('x-request-id') },
    ]);
    const [done, again] = await linesOf('conversation.delete', 2);
    expect(done).toMatchObject({ ...about, ids: { id }, status: 204, request_id: 'delete-1' });
    expect(again).toMatchObject({ ...about, ids: { id }, status: 404 });
    expect(again!.request_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('contains deletes through /v1', async () => {
    const items = [{ type: 'message', role: 'user', content: 'hi' }];
    const conversation = (await (await call('POST', '/v1/conversations', { items })).json()) as {
      id: string;
    };
    const page = (await (await call('GET', `/v1/conversations/${conversation.id}/items`)).json()) as {
      data: { id: string }[];
    };
    const item = page.data[0]!.id;
    const made = await call('POST', '/v1/responses', { model: 'default', input: 'hi' });
    const response = (await made.json()) as { id: string };
    await call('DELETE', `/v1/responses/${response.id}`);
    await call('DELETE', `/v1/conversations/${conversation.id}/items/${item}`);
    await call('DELETE', `/v1/conversations/${conversation.id}`);
    expect(await linesOf('response.delete')).toMatchObject([{ owner: 'ann', ids: { id: response.id } }]);
    expect(await linesOf('item.delete')).toMatchObject([{ ids: { id: conversation.id, item } }]);
    expect((await linesOf('conversation.delete', 3)).at(-1)).toMatchObject({ ids: { id: conversation.id } });
  });

  it('contains failed sign-ins without the key; they are slowed down, and a valid key is still accepted', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) {
      const response = await call('GET', '/api/conversations', undefined, wrong);
      statuses.push(response.status);
      if (response.status === 429) {
        expect(await response.json()).toMatchObject({ code: 'too_many_failed_sign_ins', retryable: false });
        expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      }
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429, 429]);
    expect((await call('GET', '/api/conversations')).status).toBe(200);
    expect(await linesOf('sign_in.failed')).toMatchObject([
      {
        address: '127.0.0.1',
        key_prefix: 'wron',
        key_hash: expect.stringMatching(/^[0-9a-f]{8}$/),
        count: 1,
      },
    ]);
  });

  it('contains refused operator requests', async () => {
    expect((await call('GET', '/metrics')).status).toBe(403);
    expect((await call('GET', '/metrics', undefined, 'ops-key-0123456789abcdef')).status).toBe(200);
    expect(await linesOf('operator.refused')).toMatchObject([{ owner: 'ann', path: '/metrics' }]);
  });

  it('reports the total count of failed sign-ins at the end, and never a key', async () => {
    await server.stop('SIGTERM');
    expect((await linesOf('sign_in.failed', 2)).at(-1)).toMatchObject({ key_prefix: 'wron', count: 6 });
    for (const key of [ann, wrong, 'ops-key-0123456789abcdef']) {
      expect(server.output).not.toContain(key);
      expect(server.output).not.toContain(key.slice(0, 8));
    }
  });
});
