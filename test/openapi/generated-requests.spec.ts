import { type OpenAPIObject } from '@nestjs/swagger';
import fc from 'fast-check';
import { Stack } from '../harness/stack.js';
import { ApiDescription, type Operation } from './api-description.js';
import { type GeneratedRequest, generatedRequests } from './generated-request.js';

/** Requests to each operation. The long form: GENERATED_REQUESTS=1000. */
const numRuns = Number(process.env.GENERATED_REQUESTS ?? 60);

/** Real: the server, PostgreSQL, a mock LLM; and the description that the server gives of itself. */
const model = 'default';

/** An id as an answer had it: `run_id`. */
interface NamedId {
  name: string;
  id: string;
}

describe('the API is as /openapi.json describes it', () => {
  let stack: Stack;
  let description: ApiDescription;
  /** Of the first turn, which is there till the end. */
  const firstIds: NamedId[] = [];
  /** Of what the requests made, the newest last. */
  const ids: NamedId[] = [];

  beforeAll(async () => {
    stack = await Stack.start({ behavior: { tokens: 5, tokensPerSecond: 2_000 } });
    description = new ApiDescription((await stack.call<OpenAPIObject>('GET', '/openapi.json')).body);
    note((await stack.call('POST', '/api/chat', { message: 'hi' })).body);
    note((await stack.call('POST', '/v1/responses', { model, input: 'hi' })).body);
    const items = [{ type: 'message', role: 'user', content: 'hi' }];
    const { body } = await stack.call('POST', '/v1/conversations', { items });
    note(body);
    note((await stack.call('GET', `/v1/conversations/${String(body.id)}/items`)).body);
    firstIds.push(...ids);
  });
  afterAll(() => stack.stop());

  it('for each of its operations, whatever is asked', async () => {
    const seen = new Map<string, Set<number>>();
    for (const operation of ordered(description.operations())) {
      const statuses = new Set<number>();
      seen.set(`${operation.method} ${operation.path}`, statuses);
      await fc.assert(
        fc.asyncProperty(
          generatedRequests(description, operation, (parameter) => idsFor(operation.path, parameter)),
          async (request) => {
            const { status, mistakes } = await ask(operation, request);
            statuses.add(status);
            expect(mistakes).toEqual([]);
            expect(status).toBeLessThan(500);
          },
        ),
        { numRuns, endOnFailure: true },
      );
    }
    const neverGood = [...seen].filter(([, statuses]) => ![...statuses].some((status) => status < 300));
    expect(neverGood).toEqual([]);
    expect(seen.size).toBeGreaterThan(15);
  }, 300_000);

  /** Of the kind that the path is about; for bodies, which name no parameter, of any kind. */
  function idsFor(path: string, parameter: string): string[] {
    const [, door, kind = ''] = /^\/(\w+)\/(\w+)/.exec(path) ?? [];
    if (kind === 'models') return [model];
    const prefix = parameter === 'item' ? 'msg_' : kind === 'responses' ? 'resp_' : 'conv_';
    const fits = ({ name, id }: NamedId): boolean => {
      if (door === 'v1') return id.startsWith(prefix);
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
    let answered: unknown;
    if (mediaType === 'text/event-stream') await response.body?.cancel();
    else {
      const text = await response.text();
      if (mediaType.endsWith('json')) answered = JSON.parse(text);
      if (operation.method !== 'GET') note(answered);
    }
    const { status } = response;
    return { status, mistakes: description.mistakesIn(operation, status, mediaType, answered) };
  }

  function note(answered: unknown): void {
    if (typeof answered !== 'object' || answered === null) return;
    for (const [name, value] of Object.entries(answered)) {
      if (typeof value === 'string' && /^(?:\w+_)?id$/.test(name) && name !== 'request_id')
        ids.push({ name, id: value });
      else note(value);
    }
    ids.splice(0, ids.length - 40);
  }
});

/** What makes things comes first, and what erases them last: parts before the whole. */
function ordered(operations: Operation[]): Operation[] {
  const rank = ({ method }: Operation) => ['POST', 'PUT', 'PATCH', 'GET', 'DELETE'].indexOf(method);
  const depth = ({ path }: Operation) => path.split('/').length;
  return operations.toSorted((one, other) => rank(one) - rank(other) || depth(other) - depth(one));
}
