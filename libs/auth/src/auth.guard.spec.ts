import { ProblemsModule } from '#problems';
import { jest } from '@jest/globals';
import { Controller, Get, Logger, Module, Post, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AuthModule } from './auth.module.js';
import { type AuthOptions } from './auth-options.js';
import { OperatorOnly } from './operator-only.js';
import { IsOperator, Owner } from './owner.js';
import { Public } from './public.js';

@Controller()
class OwnerController {
  @Get('who')
  who(@Owner() owner: string) {
    return { owner };
  }

  @Public()
  @Get('open')
  open() {
    return { open: true };
  }

  @Public()
  @Post('open')
  take() {
    return { open: true };
  }

  @OperatorOnly()
  @Get('operators')
  operators(@IsOperator() isOperator: boolean) {
    return { isOperator };
  }

  @Public()
  @Get('misconfigured')
  misconfigured(@Owner() owner: string) {
    return { owner };
  }
}

@Public()
@Controller('probe')
class ProbeController {
  @Get()
  probe() {
    return { alive: true };
  }
}

function applicationWith(options: AuthOptions): Type {
  @Module({
    imports: [ProblemsModule.forRoot(), AuthModule.forRootAsync({ useFactory: () => options })],
    controllers: [OwnerController, ProbeController],
  })
  class Application {}
  return Application;
}

async function start(options: AuthOptions): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    applicationWith(options),
    new FastifyAdapter(),
    {
      logger: false,
    },
  );
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

describe('AuthGuard with keys', () => {
  const keys = [
    { name: 'ann', key: 'a-key-of-ann-0123' },
    { name: 'bob', key: 'bob:with:colons-42' },
  ];
  let app: NestFastifyApplication;
  beforeAll(async () => {
    app = await start({ mode: 'keys', keys, operatorKeys: [{ name: 'ops', key: 'a-key-of-ops-0123' }] });
  });
  afterAll(() => app.close());

  it.each([
    [{ authorization: 'Bearer a-key-of-ann-0123' }, 'ann'],
    [{ 'x-api-key': 'bob:with:colons-42' }, 'bob'],
  ])('identifies %j as %s', async (headers, owner) => {
    const response = await app.inject({ method: 'GET', url: '/who', headers });
    expect([response.statusCode, response.json()]).toEqual([200, { owner }]);
  });

  it.each([
    [{}, 'missing_api_key', 'Bearer'],
    [{ authorization: 'Basic dTpw' }, 'missing_api_key', 'Bearer'],
    [{ authorization: 'Bearer wrong-key-0000000' }, 'invalid_api_key', 'Bearer error="invalid_token"'],
    [{ 'x-api-key': 'wrong-key-0000000' }, 'invalid_api_key', 'Bearer error="invalid_token"'],
  ])('rejects %j with 401 %s', async (headers, code, challenge) => {
    const response = await app.inject({ method: 'GET', url: '/who', headers });
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe(challenge);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.json()).toMatchObject({ code, status: 401, retryable: false });
    expect(response.body).not.toContain('wrong-key');
  });

  it.each(['/open', '/probe'])('serves the public route %s with and without a key', async (url) => {
    for (const headers of [{}, { 'x-api-key': 'wrong-key-0000000' }]) {
      expect((await app.inject({ method: 'GET', url, headers })).statusCode).toBe(200);
    }
  });

  it('accepts a body without a key on public routes only', async () => {
    const payload = { a: 1 };
    expect((await app.inject({ method: 'POST', url: '/open', payload })).statusCode).toBe(201);
    expect((await app.inject({ method: 'POST', url: '/who', payload })).statusCode).toBe(404);
    expect((await app.inject({ method: 'HEAD', url: '/who' })).statusCode).toBe(401);
  });

  it('serves @OperatorOnly() routes to operator keys only', async () => {
    const as = (key: string) => app.inject({ url: '/operators', headers: { 'x-api-key': key } });
    expect((await as('a-key-of-ops-0123')).json()).toEqual({ isOperator: true });
    const refused = await as('a-key-of-ann-0123');
    expect([refused.statusCode, refused.json()]).toMatchObject([403, { code: 'operator_key_required' }]);
    const owner = { authorization: 'Bearer a-key-of-ops-0123' };
    expect((await app.inject({ url: '/who', headers: owner })).json()).toEqual({ owner: 'ops' });
  });

  it('responds 500 on a public route with @Owner() instead of running it', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const response = await app.inject({
      method: 'GET',
      url: '/misconfigured',
      headers: { 'x-api-key': keys[0]?.key },
    });
    expect(response.statusCode).toBe(500);
    expect(String(logged.mock.calls[0]?.[0])).toContain('no guard has identified one');
    logged.mockRestore();
  });
});

describe('AuthGuard without keys', () => {
  it('identifies every caller as local, with or without a key', async () => {
    const app = await start({ mode: 'none', keys: [] });
    for (const headers of [{}, { 'x-api-key': 'anything' }]) {
      const response = await app.inject({ method: 'GET', url: '/who', headers });
      expect(response.json()).toEqual({ owner: 'local' });
    }
    await app.close();
  });
});
