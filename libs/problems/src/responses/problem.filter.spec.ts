import { jest } from '@jest/globals';
import {
  Body,
  Controller,
  Get,
  HttpException,
  InternalServerErrorException,
  Logger,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Param,
  Post,
  Query,
  Res,
  ServiceUnavailableException,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, ValidateNested } from 'class-validator';
import { type FastifyReply } from 'fastify';
import { type AddressInfo, connect } from 'node:net';
import { fastifyProblemOptions } from '../fastify-options.js';
import { IsJsonObject } from '../validation/is-json-object.js';
import { IsText } from '../validation/is-text.js';
import { page } from '../paging/page.js';
import { PageQuery } from '../paging/page-query.js';
import { conflict, notFound, unauthorized, unavailable } from './problem-factories.js';
import { ProblemsModule } from '../problems.module.js';
import { UuidParam } from '../validation/uuid-param.js';

class FaultError extends Error {
  override readonly name = 'FaultError';
  readonly retryable = true;
  constructor(readonly code: string) {
    super(`secret-of-${code}`);
  }
}

class Settings {
  @IsOptional()
  @IsInt()
  max_tokens?: number;
}

class Note {
  @IsText({ maxBytes: 100, notBlank: true, tooLongStatus: 413 })
  content!: string;

  @IsOptional()
  @IsJsonObject()
  metadata?: Record<string, unknown>;

  @IsOptional()
  @ValidateNested()
  @Type(() => Settings)
  settings?: Settings;
}

const faults: Record<string, () => unknown> = {
  problem: () => conflict('run_active', 'Busy.', { fields: { active_run_id: 'r1', status: 'ignored' } }),
  missing: () => notFound('conversation', 'c1'),
  unauthenticated: () => unauthorized('missing_api_key', 'Send a key.'),
  later: () => unavailable('draining', 'Going away.', { retryAfterSeconds: 1.2 }),
  overloaded: () => new FaultError('llm_overloaded'),
  unlisted: () => new FaultError('something_else'),
  inherited: () => new FaultError('toString'),
  plain: () => new Error('password=hunter2', { cause: new Error('SELECT secret') }),
  text: () => 'a thrown text',
  nothing: () => undefined,
  teapot: () => new HttpException('short and stout', 418),
  nest500: () => new InternalServerErrorException('password=hunter2'),
  nest503: () => new ServiceUnavailableException('password=hunter2'),
  report: () => new ServiceUnavailableException({ status: 'error', details: { database: 'down' } }),
  driver: () => new Error('driver'),
  reset: () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
};

@Controller()
class FaultController {
  @Get('fault/:name')
  fail(@Param('name') name: string): never {
    throw faults[name]?.();
  }

  @Get('stream')
  stream(@Res() reply: FastifyReply): never {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.raw.write('data: 1\n\n');
    throw new Error('in the middle');
  }

  @Get('hijacked')
  hijacked(@Res() reply: FastifyReply): never {
    reply.hijack();
    throw conflict('run_active', 'Busy.');
  }

  @Get('notes')
  list(@Query() query: PageQuery) {
    return { query, ...page([{ id: 'a' }, { id: 'b' }], true) };
  }

  @Get('notes/:note_id')
  read(@Param('note_id', UuidParam) id: string) {
    return { id };
  }

  @Post('notes')
  create(@Body() note: Note) {
    return { note, isNote: note instanceof Note, hasSettings: note.settings instanceof Settings };
  }
}

@Module({
  imports: [
    ProblemsModule.forRoot(
      {
        llm_overloaded: {
          status: 503,
          title: 'The LLM is busy',
          retryAfterSeconds: 2,
          fields: () => ({ queue: 'full' }),
        },
      },
      [],
      (error) =>
        (error as Error | undefined)?.message === 'driver' ? new FaultError('llm_overloaded') : error,
    ),
  ],
  controllers: [FaultController],
})
class FaultApplication implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply(() => {
        throw conflict('in_middleware', 'From a middleware.');
      })
      .forRoutes('guarded');
  }
}

describe('ProblemFilter in a Nest application on Fastify', () => {
  let app: NestFastifyApplication;
  let logged: jest.SpiedFunction<typeof Logger.prototype.error>;

  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(
      FaultApplication,
      new FastifyAdapter({ bodyLimit: 4096, ...fastifyProblemOptions() }),
      { logger: false },
    );
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());
  beforeEach(() => {
    logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => logged.mockRestore());

  const get = (url: string, headers = {}) => app.inject({ method: 'GET', url, headers });
  const post = (payload: string | object, headers = {}) =>
    app.inject({ method: 'POST', url: '/notes', payload, headers });

  it.each([
    ['problem', 409, 'run_active', false],
    ['missing', 404, 'conversation_not_found', false],
    ['unauthenticated', 401, 'missing_api_key', false],
    ['later', 503, 'draining', true],
    ['overloaded', 503, 'llm_overloaded', true],
    ['driver', 503, 'llm_overloaded', true],
    ['unlisted', 500, 'internal_error', false],
    ['inherited', 500, 'internal_error', false],
    ['plain', 500, 'internal_error', false],
    ['text', 500, 'internal_error', false],
    ['nothing', 500, 'internal_error', false],
    ['teapot', 418, 'i_m_a_teapot', false],
    ['nest500', 500, 'internal_error', false],
    ['nest503', 503, 'service_unavailable', true],
    ['reset', 500, 'internal_error', false],
  ])('converts the fault %s to %i %s', async (name, status, code, retryable) => {
    const response = await get(`/fault/${name}?key=hunter2`);
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.json()).toMatchObject({
      type: `/problems/${code}`,
      title: expect.any(String) as string,
      status,
      instance: `/fault/${name}`,
      code,
      request_id: response.headers['x-request-id'],
      retryable,
    });
    expect(response.body).not.toMatch(/hunter2|SELECT|secret|stack|\.ts/);
    expect(logged).toHaveBeenCalledTimes(status === 500 ? 1 : 0);
  });

  it('logs an unknown error with its stack and its causes, without the query string', async () => {
    const response = await get('/fault/plain?key=in-the-query');
    const entry = logged.mock.calls[0]?.[0] as unknown as Error;
    expect(entry.message).toContain(response.json<{ request_id: string }>().request_id);
    expect(entry.message).toContain('password=hunter2');
    expect(entry.message).not.toContain('in-the-query');
    expect(entry.stack).toMatch(/problem\.filter\.spec[^]*caused by: Error: SELECT secret/);
  });

  it('sends further fields, which cannot replace the standard ones', async () => {
    expect((await get('/fault/problem')).json()).toMatchObject({ active_run_id: 'r1', status: 409 });
    expect((await get('/fault/overloaded')).json()).toMatchObject({ queue: 'full' });
  });

  it('sends the headers of a problem', async () => {
    expect((await get('/fault/later')).headers['retry-after']).toBe('2');
    expect((await get('/fault/overloaded')).headers['retry-after']).toBe('2');
    expect((await get('/fault/unauthenticated')).headers['www-authenticate']).toBe('Bearer');
    expect((await get('/fault/problem')).headers).not.toHaveProperty('retry-after');
  });

  it('sends the custom body of an HttpException unchanged', async () => {
    const response = await get('/fault/report');
    expect(response.statusCode).toBe(503);
    expect(response.json()).toEqual({ status: 'error', details: { database: 'down' } });
    expect(response.headers['content-type']).toMatch(/^application\/json/);
  });

  it.each([
    ['GET', '/nowhere?key=1'],
    ['PUT', '/notes'],
    ['POST', '/'],
  ] as const)('responds 404 to %s %s, which has no route', async (method, url) => {
    const response = await app.inject({ method, url });
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ code: 'route_not_found', instance: url.split('?')[0] });
    expect(response.json<{ detail: string }>().detail).not.toContain('key');
  });

  it('handles errors of middleware', async () => {
    const response = await get('/guarded');
    expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([409, 'in_middleware']);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it.each([
    ['invalid JSON', '{"content":', 'application/json', 400, 'invalid_json'],
    ['a forbidden key', '{"content":"a","__proto__":{"a":1}}', 'application/json', 400, 'validation_failed'],
    ['no bytes', '', 'application/json', 400, 'empty_body'],
    [
      'too many bytes',
      JSON.stringify({ content: 'x'.repeat(5000) }),
      'application/json',
      413,
      'payload_too_large',
    ],
    ['plain text', '{"content":"a"}', 'text/plain', 415, 'unsupported_media_type'],
    ['a form', 'content=a', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['another type', '<a/>', 'application/xml', 415, 'unsupported_media_type'],
    ['a bad type', '{}', 'nonsense', 415, 'unsupported_media_type'],
    ['an array', '[]', 'application/json', 400, 'validation_failed'],
    ['a string', '"hi"', 'application/json', 400, 'validation_failed'],
    ['null', 'null', 'application/json', 400, 'validation_failed'],
    [
      'deep nesting',
      `{"content":${'['.repeat(2000)}${']'.repeat(2000)}}`,
      'application/json',
      400,
      'validation_failed',
    ],
  ])('rejects a body of %s', async (_what, payload, type, status, code) => {
    const response = await post(payload, { 'content-type': type });
    expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([status, code]);
    expect(response.json()).toMatchObject({ request_id: response.headers['x-request-id'] });
    expect(logged).not.toHaveBeenCalled();
  });

  it('reports every invalid field once, nested ones by their path', async () => {
    const response = await post({
      settings: { max_tokens: 'many', colour: 'red' },
      metadata: [],
      extra: 1,
    });
    expect(response.statusCode).toBe(400);
    const { errors, detail } = response.json<{ errors: { field: string }[]; detail: string }>();
    expect(errors.sort((a, b) => a.field.localeCompare(b.field))).toEqual([
      { field: 'content', code: 'required', detail: 'is required' },
      { field: 'extra', code: 'unknown_field', detail: 'is not a known field' },
      { field: 'metadata', code: 'invalid_json_object', detail: 'must be an object' },
      { field: 'settings.colour', code: 'unknown_field', detail: 'is not a known field' },
      { field: 'settings.max_tokens', code: 'is_int', detail: 'must be an integer number' },
    ]);
    expect(detail).toMatch(/\(and 4 more fields\)\.$/);
  });

  it('responds with the status that the decorator of a field that is too large sets', async () => {
    const tooLong = { content: 'ü'.repeat(51) };
    const alone = await post(tooLong);
    expect(alone.statusCode).toBe(413);
    expect(alone.json()).toMatchObject({
      code: 'payload_too_large',
      errors: [{ field: 'content', code: 'too_large', detail: 'must be at most 100 bytes long' }],
    });
    expect((await post({ ...tooLong, extra: 1 })).statusCode).toBe(400);
  });

  it('passes a valid body as instances of its classes', async () => {
    const body = { content: 'hi', metadata: { a: [1, { b: null }] }, settings: { max_tokens: 5 } };
    const response = await post(body);
    expect(response.statusCode).toBe(201);
    expect(response.json()).toEqual({ note: body, isNote: true, hasSettings: true });
  });

  it('validates page queries and applies their defaults', async () => {
    const id = '019ab1c2-0000-7000-8000-000000000001';
    const ok = await get(`/notes?limit=5&after=${id}`);
    expect(ok.json()).toEqual({
      query: { limit: 5, after: id },
      data: [{ id: 'a' }, { id: 'b' }],
      first_id: 'a',
      last_id: 'b',
      has_more: true,
    });
    expect((await get('/notes')).json()).toMatchObject({ query: { limit: 20 } });
    for (const [query, field] of [
      ['limit=0', 'limit'],
      ['limit=101', 'limit'],
      ['limit=1.5', 'limit'],
      ['limit=', 'limit'],
      ['limit=1e1', 'limit'],
      ['limit=0x10', 'limit'],
      ['limit=1&limit=2', 'limit'],
      ['after=7', 'after'],
      [`after=${id}&before=${id}`, 'before'],
      ['page=2', 'page'],
    ] as const) {
      const response = await get(`/notes?${query}`);
      expect([query, response.statusCode]).toEqual([query, 400]);
      expect(response.json<{ errors: object[] }>().errors).toEqual([expect.objectContaining({ field })]);
    }
  });

  it('returns UUIDs of a path in lower case, and reports the parameter of an invalid one', async () => {
    const id = '019AB1C2-0000-7000-8000-00000000000A';
    expect((await get(`/notes/${id}`)).json()).toEqual({ id: id.toLowerCase() });
    for (const bad of ['7', `${id}0`, 'x'.repeat(500), '%00', '..%2Fetc']) {
      const response = await get(`/notes/${bad}`);
      expect([bad, response.statusCode]).toEqual([bad, 400]);
      expect(response.json()).toMatchObject({ errors: [{ field: 'note_id', code: 'is_uuid' }] });
    }
  });

  it.each([
    ['a bad escape', '/%zz', 400, 'invalid_url', '/%25zz'],
    ['a cut escape', '/notes/%E0%A4%A', 400, 'invalid_url', '/notes/%E0%A4%25A'],
    [
      'a path part that is too long',
      `/notes/${'x'.repeat(2000)}`,
      414,
      'url_too_long',
      `/notes/${'x'.repeat(1017)}`,
    ],
  ])('rejects a URL with %s', async (_what, url, status, code, instance) => {
    const response = await get(url);
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.json()).toMatchObject({ code, instance, request_id: response.headers['x-request-id'] });
  });

  it.each([
    ['a valid id', 'Trace-1.2_3', true],
    ['the longest', 'a'.repeat(128), true],
    ['an id that is too long', 'a'.repeat(129), false],
    ['invalid characters', 'a b<script>', false],
    ['an empty value', '', false],
  ])('uses or replaces the x-request-id of the client: %s', async (_what, given, isUsed) => {
    const good = await get('/notes', { 'x-request-id': given });
    const bad = await get('/nowhere', { 'x-request-id': given });
    const broken = await get('/%zz', { 'x-request-id': given });
    for (const { headers } of [good, bad, broken]) {
      if (isUsed) expect(headers['x-request-id']).toBe(given);
      else expect(headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    }
  });

  describe('on a real socket', () => {
    const talk = async (text: string): Promise<string> => {
      const { port } = app.getHttpServer().address() as AddressInfo;
      const socket = connect(port, '127.0.0.1');
      const parts: Buffer[] = [];
      socket.on('data', (part: Buffer) => parts.push(part));
      // The server may close the connection with a reset; the bytes received before are the response.
      const ended = new Promise<void>((resolve) =>
        socket.on('error', () => undefined).on('close', () => resolve()),
      );
      socket.write(text);
      await ended;
      return Buffer.concat(parts).toString();
    };
    const head = 'Host: parley\r\nConnection: close\r\n\r\n';

    it.each([
      ['bytes that are not HTTP', 'hello\r\n\r\n', 400, 'malformed_request'],
      [
        'a header with a control character',
        `GET / HTTP/1.1\r\nX: a\u0001b\r\n${head}`,
        400,
        'malformed_request',
      ],
      [
        'headers that are too large',
        `GET / HTTP/1.1\r\nX: ${'a'.repeat(20_000)}\r\n${head}`,
        431,
        'headers_too_large',
      ],
      ['a URL that is too long', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${head}`, 431, 'headers_too_large'],
      ['a malformed URL', `GET /%zz HTTP/1.1\r\n${head}`, 400, 'invalid_url'],
      ['an invalid request target', `GET notes HTTP/1.1\r\n${head}`, 400, 'malformed_request'],
    ])('responds with a problem to %s', async (_what, text, status, code) => {
      const answer = await talk(text);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer).toMatch(/content-type: application\/problem\+json/i);
      expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toMatchObject({ status, code });
    });

    it('closes the connection of a stream that fails after its headers, and keeps serving', async () => {
      const answer = await talk(`GET /stream HTTP/1.1\r\n${head}`);
      expect(answer).toContain('data: 1');
      expect(answer).not.toContain('internal_error');
      expect(logged).toHaveBeenCalledTimes(1);
      expect((await get('/notes')).statusCode).toBe(200);
    });

    it('responds for a controller that hijacked the reply and failed before its first byte', async () => {
      const answer = await talk(`GET /hijacked HTTP/1.1\r\n${head}`);
      expect(answer).toMatch(/^HTTP\/1.1 409 /);
      expect(answer).toContain('"code":"run_active"');
    });

    it('does not log an error for a client that disconnects while it sends its body', async () => {
      const { port } = app.getHttpServer().address() as AddressInfo;
      const socket = connect(port, '127.0.0.1');
      socket.write(
        'POST /notes HTTP/1.1\r\nHost: parley\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"con',
      );
      const closed = new Promise((resolve) =>
        app.getHttpServer().once('connection', (peer) => peer.once('close', resolve)),
      );
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.end();
      await closed;
      expect(logged).not.toHaveBeenCalled();
    });
  });
});
