import { type OpenAPIObject } from '@nestjs/swagger';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { type Json, Stack } from '../harness/stack.js';
import { ApiDescription, type Operation } from '../openapi/api-description.js';
import { generatedRequests, type GeneratedRequest } from '../openapi/generated-request.js';

const keys = { ann: 'a-key-of-ann-0123456789', bob: 'a-key-of-bob-0123456789' };
/** Part of every text that ann has stored. */
const canary = 'zqxcanary';
/** Operations that require no key; all others require one. */
const publicOperations = ['GET /health', 'GET /health/live', 'GET /health/ready'];
/** Operations whose paths refer to resources without an owner. */
const sharedPaths = ['/v1/models/{model}', '/v1/models/{id}'];
/** Number of requests per operation. The long form: GENERATED_REQUESTS=1000. */
const numRuns = Number(process.env.GENERATED_REQUESTS ?? 40);

/** Real: the server, PostgreSQL, and the operations of its own OpenAPI document. Mocked: the LLM. */
describe('operations on resources of another owner', () => {
  let stack: Stack;
  let description: ApiDescription;
  let operations: Operation[];
  const ids: string[] = [];

  beforeAll(async () => {
    stack = await Stack.start({
      environment: { AUTH: 'keys', API_KEYS: `ann:${keys.ann},bob:${keys.bob}` },
      behavior: { tokens: 3, tokensPerSecond: 2_000 },
    });
    description = new ApiDescription((await stack.call<OpenAPIObject>('GET', '/openapi.json')).body);
    operations = description.operations();
    await fillForAnn();
  });
  afterAll(() => stack.stop());

  it('require a key, except public ones', async () => {
    const open: string[] = [];
    for (const { method, path } of operations) {
      const { status } = await stack.fetch(
        withIds(path, () => randomUUID()),
        { method },
      );
      if (status !== 401) open.push(`${method} ${path}`);
    }
    expect(open.toSorted()).toEqual(publicOperations);
  });

  it('neither reveal nor change them', async () => {
    const before = await everythingOfAnn();
    expect(before).toContain(canary);
    const leaks: string[] = [];
    for (const operation of operations) {
      const isOwned = operation.path.includes('{') && !sharedPaths.includes(operation.path);
      await fc.assert(
        fc.asyncProperty(
          generatedRequests(description, operation, (parameter) => idsFor(operation.path, parameter)),
          async (request) => {
            const { status, text } = await askAsBob(operation, request);
            const name = `${operation.method} ${request.target} ${request.body ?? ''}`;
            if (text.includes(canary)) leaks.push(`${name}: ${text}`);
            if (isOwned && status < 400) leaks.push(`${name}: ${status}`);
          },
        ),
        { numRuns, endOnFailure: true },
      );
    }
    expect(leaks).toEqual([]);
    expect(await everythingOfAnn()).toBe(before);
  }, 300_000);

  it('respond as for resources that do not exist', async () => {
    const different: string[] = [];
    const named = operations.filter(({ path }) => path.includes('{') && !sharedPaths.includes(path));
    for (const operation of named) {
      for (const id of idsFor(operation.path).slice(0, 4)) {
        const prefix = /^\w+_/.exec(id)?.[0];
        const unknown = prefix === undefined ? randomUUID() : prefix + randomUUID().replaceAll('-', '');
        const [foreign, missing] = [await rejection(operation, id), await rejection(operation, unknown)];
        if (foreign !== missing)
          different.push(`${operation.method} ${operation.path}: ${foreign} | ${missing}`);
      }
    }
    expect(named.length).toBeGreaterThan(15);
    expect(different).toEqual([]);
  });

  /** Creates one resource of each type for ann, with the canary in every text. */
  async function fillForAnn(): Promise<void> {
    const post = async (path: string, body: unknown, method = 'POST'): Promise<Json> => {
      const answer = await stack.call(method, path, body, as(keys.ann));
      if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
      collectIds(answer.body);
      return answer.body;
    };
    const { conversation_id, message_id } = await post('/api/chat', {
      message: canary,
      metadata: { canary },
    });
    await post(`/api/conversations/${String(conversation_id)}/messages`, { content: canary });
    await post(`/api/messages/${String(message_id)}/feedback`, { rating: 'up', comment: canary }, 'PUT');
    await post('/api/conversations', { title: canary, metadata: { canary } });
    await post('/v1/responses', { model: 'default', input: canary, metadata: { canary } });
    const items = [{ type: 'message', role: 'user', content: canary }];
    const { id } = await post('/v1/conversations', { items });
    collectIds(
      (await stack.call('GET', `/v1/conversations/${String(id)}/items`, undefined, as(keys.ann))).body,
    );
  }

  /** Collects all ids in a response body. */
  function collectIds(responseBody: unknown): void {
    if (typeof responseBody !== 'object' || responseBody === null) return;
    for (const [name, value] of Object.entries(responseBody)) {
      if (typeof value !== 'string') collectIds(value);
      else if (/^(?:\w+_)?id$/.test(name) && name !== 'request_id' && !ids.includes(value)) ids.push(value);
    }
  }

  /** Ann's ids in the format of a path. */
  function idsFor(path: string, parameter = ''): string[] {
    if (!path.startsWith('/v1/')) return ids.filter((id) => !id.includes('_'));
    const prefix = parameter === 'item' ? 'msg_' : path.includes('/responses') ? 'resp_' : 'conv_';
    return ids.filter((id) => id.startsWith(prefix));
  }

  /** Everything that ann can read, as text. */
  async function everythingOfAnn(): Promise<string> {
    const { body } = await stack.call<{ data: { id: string }[] }>(
      'GET',
      '/api/conversations?limit=100',
      undefined,
      as(keys.ann),
    );
    const texts = [JSON.stringify(body)];
    for (const { id } of body.data) {
      const response = await stack.fetch(`/api/conversations/${id}/export`, { headers: as(keys.ann) });
      texts.push(await response.text());
    }
    return texts.join('\n').replace(/"exported_at":"[^"]*"/g, '');
  }

  async function askAsBob(
    { method }: Operation,
    { target, headers, body }: GeneratedRequest,
  ): Promise<{ status: number; text: string }> {
    const response = await stack.fetch(target, {
      method,
      headers: { ...headers, ...as(keys.bob) },
      ...(body !== undefined && { body }),
    });
    const isStream = (response.headers.get('content-type') ?? '').startsWith('text/event-stream');
    if (!isStream) return { status: response.status, text: await response.text() };
    // An event stream may be endless; bob gets them only for his own requests.
    await response.body?.cancel();
    return { status: response.status, text: '' };
  }

  /** Status and body of bob's request about an id, with all ids replaced. */
  async function rejection({ method, path, body }: Operation, id: string): Promise<string> {
    const response = await stack.fetch(
      withIds(path, () => id),
      {
        method,
        headers: { ...as(keys.bob), ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: minimalBodies[`${method} ${path}`] ?? '{}' }),
      },
    );
    const text = (await response.text()).replace(/[\w-]*[0-9a-f]{8}-?[0-9a-f]{4}-?[\w-]+/g, 'ID');
    return `${response.status} ${text}`;
  }
});

/** Valid bodies for operations that validate the body before they look up the resource. */
const minimalBodies: Record<string, string> = {
  'POST /api/conversations/{id}/messages': '{"content":"x"}',
  'PATCH /api/conversations/{id}': '{"title":"x"}',
  'PUT /api/messages/{id}/feedback': '{"rating":"up"}',
  'POST /v1/conversations/{id}': '{"metadata":{}}',
  'POST /v1/conversations/{id}/items': '{"items":[{"role":"user","content":"x"}]}',
};

const as = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

const withIds = (path: string, id: () => string): string => path.replace(/\{\w+\}/g, id);
