import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Stack } from '../harness/stack.js';

const many = (count: number, make: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => make(at)).join(',');
const keys = (count: number): string => many(count, (at) => `"k${at}":1`);
const importOf = (messages: string): string => `{"format":"parley.conversation.v1","messages":[${messages}]}`;
const message = (more: object = {}): string =>
  JSON.stringify({ id: randomUUID(), role: 'user', content: 'hi', ...more });

const ann = { authorization: 'Bearer key-of-ann-0123456789' };
const bob = { authorization: 'Bearer key-of-bob-0123456789' };

/** Uses the application with PostgreSQL. */
describe('limits of requests', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await Stack.start({
      environment: { AUTH: 'keys', API_KEYS: 'ann:key-of-ann-0123456789,bob:key-of-bob-0123456789' },
    });
  });
  afterAll(() => stack.stop());

  type Refusal = { code: string; errors?: { field: string; code: string; detail: string }[] };
  const post = async (path: string, body: string, headers: Record<string, string> = ann) =>
    stack.call<Refusal>('POST', path, body, headers);
  const countOf = async (table: string): Promise<number> =>
    (await stack.rows<{ count: number }>(`SELECT count(*)::integer FROM ${table}`))[0]!.count;

  it.each([
    ['/api/chat', `{"message":"x",${keys(125_000)}}`, 'body', 'too_many_keys', '2500'],
    ['/api/chat', `{"message":"x","settings":{${keys(125_000)}}}`, 'settings', 'too_many_keys', '2500'],
    ['/api/chat', `{"message":"x","metadata":{${keys(125_000)}}}`, 'metadata', 'too_many_keys', '2500'],
    [
      '/api/conversations',
      `{"metadata":{"a":[${many(20_000, () => '0')}]}}`,
      'metadata.a',
      'too_many_elements',
      '10000',
    ],
    ['/api/chat', `{"message":${'['.repeat(700_000)}`, `message${'.0'.repeat(31)}`, 'too_deep', '32'],
    [
      '/api/chat',
      `{"message":"x","zz":[${many(20, () => `[${many(9_000, () => '1')}]`)}]}`,
      'body',
      'too_many_values',
      '100000',
    ],
    [
      '/api/chat',
      `{"message":"x","metadata":{"${'k'.repeat(2_000)}":1}}`,
      'metadata',
      'key_too_long',
      '1024',
    ],
    [
      '/api/chat',
      `{"message":"x","settings":{"temperature":${'1'.repeat(1_000_000)}}}`,
      'settings.temperature',
      'too_long',
      '1024',
    ],
    [
      '/api/chat',
      '{"message":"x","metadata":{"__proto__":{"a":1}}}',
      'metadata.__proto__',
      'forbidden_key',
      '',
    ],
    ['/api/chat', `{"message":"x","metadata":{"a":1e999}}`, 'metadata', 'invalid_json_object', ''],
    ['/api/chat', `{"message":"x","settings":[${many(9_000, () => '{}')}]}`, 'settings', 'is_object', ''],
    ['/api/chat', `[${many(9_000, () => '{}')}]`, 'body', 'is_object', ''],
  ])('%s names the field and the bound of %.30j…', async (path, body, field, code, bound) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toHaveLength(1);
    expect(answer.body.errors![0]).toMatchObject({ field, code });
    expect(answer.body.errors![0]!.detail).toContain(bound);
  });

  it.each([
    [`"messages":[{"role":"user","content":"x"}],"stop":["${'x'.repeat(257)}"]`, 'stop', /256/],
    ['"messages":[{"role":"user","content":"x"}],"stop":["a","b","c","d","e"]', 'stop', /4/],
    [`"messages":[${many(10_001, () => '{}')}]`, 'messages', /10000/],
    [`"messages":[{"role":"user","content":"x"}],"logit_bias":{${keys(120_000)}}`, 'logit_bias', /2500/],
  ])('/v1/chat/completions names them for %.60j…', async (members, param, bound) => {
    const { status, body } = await stack.call<{ error: { param: string; message: string } }>(
      'POST',
      '/v1/chat/completions',
      `{"model":"default",${members}}`,
      ann,
    );
    expect([status, body.error.param]).toEqual([400, param]);
    expect(body.error.message).toMatch(bound);
  });

  it.each([
    [`?${many(2_000, (at) => `k${at}=1`).replaceAll(',', '&')}`, 'query'],
    [`?${'limit=1&'.repeat(1_000)}`, 'limit'],
    ['?q[__proto__]=1', 'q[__proto__]'],
    ['?__proto__=1', '__proto__'],
    ['?constructor=1', 'constructor'],
    ['?q=%00', 'q'],
  ])('rejects the query %.40s', async (query, field) => {
    const answer = await stack.call<Refusal>('GET', `/api/conversations${query}`, undefined, ann);
    expect([answer.status, answer.body.errors![0]!.field]).toEqual([400, field]);
  });

  describe('a body in gzip', () => {
    const sent = async (path: string, text: string, headers: Record<string, string> = ann) => {
      const response = await stack.fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', ...headers },
        body: gzipSync(text),
      });
      return { status: response.status, text: await response.text() };
    };

    it('is accepted, also by an import', async () => {
      expect((await sent('/api/conversations', '{"title":"Lisbon"}')).text).toContain('Lisbon');
      const messages = `${message()}]}`;
      const imported = await sent(
        '/api/import',
        `{"format":"parley.conversation.v1","messages":[${messages}`,
      );
      expect(imported.status).toBe(201);
    });

    it('is not inflated for callers without a key', async () => {
      const bomb = ' '.repeat(20_000_000);
      expect((await sent('/api/chat', bomb, { authorization: 'Bearer no-such-key-0123456789' })).status).toBe(
        401,
      );
    });

    it.each([
      ['/api/chat', 1_638_400],
      ['/v1/chat/completions', 8_388_608],
    ])('of too many bytes after inflation is refused with the limit: %s', async (path, limit) => {
      const { status, text } = await sent(path, ' '.repeat(limit + 1));
      expect([status, text]).toEqual([413, expect.stringContaining(`at most ${limit} bytes`)]);
    });

    it('of too many bytes is refused by an import', async () => {
      const { status } = await sent('/api/import', ' '.repeat(64 * 1024 * 1024 + 1));
      expect(status).toBe(413);
    });
  });

  it('accepts a history of 3 MiB under /v1, and refuses 9 MiB with a response that names the limit', async () => {
    const history = (mebibytes: number) =>
      JSON.stringify({
        model: 'default',
        messages: Array.from({ length: mebibytes * 16 + 1 }, (_, at) => ({
          role: at % 2 === 0 ? 'user' : 'assistant',
          content: 'x'.repeat(at === mebibytes * 16 ? 1 : 64 * 1024),
        })),
      });
    expect((await stack.call('POST', '/v1/chat/completions', history(3), ann)).status).toBe(200);
    const refused = await stack.call<{ error: object }>('POST', '/v1/chat/completions', history(9), ann);
    expect([refused.status, refused.body.error]).toEqual([
      413,
      expect.objectContaining({ message: 'The body must be at most 8388608 bytes long.' }),
    ]);
  });

  it('stores nothing of an invalid import, and names the message', async () => {
    const before = [await countOf('conversations'), await countOf('messages')];
    const good = many(1_500, () => message());
    for (const [body, field, code] of [
      [importOf(`${good},{}`), 'messages.1500.id', 'required'],
      [importOf(many(500_000, () => '{}')), 'messages.0.id', 'required'],
      [
        importOf(`${good},${message({ created_at: '2020-W53-7' })}`),
        'messages.1500.created_at',
        'is_timestamp',
      ],
      [importOf(message({ created_at: '0000-01-01T00:00:00Z' })), 'messages.0.created_at', 'is_timestamp'],
      [importOf(message({ metadata: { a: '\ud800' } })), 'messages.0.metadata', 'invalid_json_object'],
      [importOf(good).replace('"format":', '"formats":'), 'formats', 'unknown_field'],
      [importOf(`${good}`).replace('v1', 'v2'), 'format', 'equals'],
    ] as const) {
      const answer = await post('/api/import', body);
      expect([answer.status, answer.body.errors?.[0]]).toMatchObject([400, { field, code }]);
    }
    const cut = await post('/api/import', importOf(good).slice(0, -1));
    expect([cut.status, cut.body.code]).toEqual([400, 'invalid_json']);
    expect([await countOf('conversations'), await countOf('messages')]).toEqual(before);
  });

  it('accepts one import per owner at a time', async () => {
    const { port, hostname } = new URL(stack.url);
    const held = connect(Number(port), hostname);
    const body = importOf(message());
    held.write(
      `POST /api/import HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: ${ann.authorization}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 20)}`,
    );
    let second = await post('/api/import', body);
    // The first one may not have arrived yet.
    for (let tries = 0; second.status === 201 && tries < 100; tries += 1)
      second = await post('/api/import', body);
    expect([second.status, second.body.code]).toEqual([429, 'too_many_imports']);
    expect(second.headers.get('retry-after')).toBe('1');
    expect((await post('/api/import', body, bob)).status).toBe(201);

    const before = await countOf('conversations');
    held.destroy();
    await once(held, 'close');
    let again = await post('/api/import', body);
    for (let tries = 0; again.status === 429 && tries < 1_000; tries += 1)
      again = await post('/api/import', body);
    expect(again.status).toBe(201);
    expect(await countOf('conversations')).toBe(before + 1);
  });

  it('answers other requests while it reads a long import', async () => {
    const importing = post('/api/import', importOf(many(20_000, () => message())));
    let isOver = false;
    void importing.then(() => (isOver = true));
    let answered = 0;
    while (!isOver) {
      expect((await stack.call('GET', '/api/conversations?limit=1', undefined, bob)).status).toBe(200);
      if (!isOver) answered += 1;
    }
    expect((await importing).status).toBe(201);
    expect(answered).toBeGreaterThan(5);
  });

  it('limits concurrent exports per owner, until their readers disconnect', async () => {
    const texts = many(4, () => message({ content: 'x'.repeat(4 * 1024 * 1024) }));
    const imported = await stack.call<{ id: string }>('POST', '/api/import', importOf(texts), ann);
    const path = `/api/conversations/${imported.body.id}/export`;
    const readers = Array.from({ length: 8 }, () => new AbortController());
    const open = await Promise.all(
      readers.map(({ signal }) => fetch(`${stack.url}${path}`, { headers: ann, signal })),
    );
    expect(open.map(({ status }) => status)).toEqual(Array(8).fill(200));
    const ninth = await stack.call<Refusal>('GET', path, undefined, ann);
    expect([ninth.status, ninth.body.code]).toEqual([429, 'too_many_exports']);
    for (const reader of readers) reader.abort();
    let status = 429;
    for (let tries = 0; status === 429 && tries < 1_000; tries += 1) {
      const again = await fetch(`${stack.url}${path}`, { headers: ann });
      status = again.status;
      const document = await again.text();
      if (status === 200) expect(document.length).toBeGreaterThan(16 * 1024 * 1024);
    }
    expect(status).toBe(200);
  }, 60_000);
});
