import { type OpenAPIObject } from '@nestjs/swagger';
import fc from 'fast-check';
import { Stack } from '../harness/stack.js';
import { ApiDescription, type Operation } from './api-description.js';
import { type GeneratedRequest, generatedRequests } from './generated-request.js';

/** Number of requests per operation. The long form: GENERATED_REQUESTS=1000. */
const numRuns = Number(process.env.GENERATED_REQUESTS ?? 60);

const model = 'default';

/** An id in a response, with the name of its member, such as `run_id`. */
interface NamedId {
  name: string;
  id: string;
}

/** Real: the server, PostgreSQL, and the server's own OpenAPI document. Mocked: the LLM. */
describe('responses match /openapi.json', () => {
  let stack: Stack;
  let description: ApiDescription;
  /** Ids of the first turns. */
  const firstIds: NamedId[] = [];
  /** Ids in all responses, the newest last. */
  const ids: NamedId[] = [];

  beforeAll(async () => {
    stack = await Stack.start({ behavior: { tokens: 5, tokensPerSecond: 2_000 } });
    description = new ApiDescription((await stack.call<OpenAPIObject>('GET', '/openapi.json')).body);
    collectIds((await stack.call('POST', '/api/chat', { message: 'hi' })).body);
    collectIds((await stack.call('POST', '/v1/responses', { model, input: 'hi' })).body);
    const items = [{ type: 'message', role: 'user', content: 'hi' }];
    const { body } = await stack.call('POST', '/v1/conversations', { items });
    collectIds(body);
    collectIds((await stack.call('GET', `/v1/conversations/${String(body.id)}/items`)).body);
    firstIds.push(...ids);
  });
  afterAll(() => stack.stop());

  it('for generated requests of every operation', async () => {
    const seen = new Map<string, Set<number>>();
    for (const operation of ordered(description.operations())) {
      const statuses = new Set<number>();
      seen.set(`${operation.method} ${operation.path}`, statuses);
      await fc.assert(
        fc.asyncProperty(
          generatedRequests(description, operation, (parameter) => idsFor(operation.path, parameter)),
          async (request) => {
            const { status, errors } = await ask(operation, request);
            statuses.add(status);
            expect(errors).toEqual([]);
            expect(status).toBeLessThan(500);
          },
        ),
        { numRuns, endOnFailure: true },
      );
    }
    const neverSuccessful = [...seen].filter(([, statuses]) => ![...statuses].some((status) => status < 300));
    expect(neverSuccessful).toEqual([]);
    expect(seen.size).toBeGreaterThan(15);
  }, 300_000);

  /** Ids of the path's resource type; for bodies, where `parameter` is empty, of any type. */
  function idsFor(path: string, parameter: string): string[] {
    const [, section, kind = ''] = /^\/(\w+)\/(\w+)/.exec(path) ?? [];
    if (kind === 'models') return [model];
    const prefix = parameter === 'item' ? 'msg_' : kind === 'responses' ? 'resp_' : 'conv_';
    const fits = ({ name, id }: NamedId): boolean => {
      if (section === 'v1') return id.startsWith(prefix);
      return parameter === '' ? !id.includes('_') : name === `${kind.slice(0, -1)}_id`;
    };
    return [...firstIds.filter(fits), ...ids.filter(fits).slice(-4)].map(({ id }) => id);
  }

  async function ask(operation: Operation, { target, headers, body }: GeneratedRequest) {
    const response = await stack.fetch(target, {
      method: operation.method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const mediaType = (response.headers.get('content-type') ?? '').split(';', 1)[0]!;
    let responseBody: unknown;
    if (mediaType === 'text/event-stream') await response.body?.cancel();
    else {
      const text = await response.text();
      if (mediaType.endsWith('json')) responseBody = JSON.parse(text);
      if (operation.method !== 'GET') collectIds(responseBody);
    }
    const { status } = response;
    return { status, errors: description.errorsIn(operation, status, mediaType, responseBody) };
  }

  function collectIds(responseBody: unknown): void {
    if (typeof responseBody !== 'object' || responseBody === null) return;
    for (const [name, value] of Object.entries(responseBody)) {
      if (typeof value === 'string' && /^(?:\w+_)?id$/.test(name) && name !== 'request_id')
        ids.push({ name, id: value });
      else collectIds(value);
    }
    ids.splice(0, ids.length - 40);
  }
});

/** Sorts operations that create first, and those that delete last, nested resources before their parents. */
function ordered(operations: Operation[]): Operation[] {
  const rank = ({ method }: Operation) => ['POST', 'PUT', 'PATCH', 'GET', 'DELETE'].indexOf(method);
  const depth = ({ path }: Operation) => path.split('/').length;
  return operations.toSorted((one, other) => rank(one) - rank(other) || depth(other) - depth(one));
}
