import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import Fastify from 'fastify';
import { serveBasePath, stripBasePath } from './base-path.js';

describe('a server below a path', () => {
  const start = (basePath: string) => {
    const fastify = Fastify({ rewriteUrl: stripBasePath(basePath) });
    const adapter = { getHttpAdapter: () => ({ getInstance: () => fastify }) };
    serveBasePath(adapter as unknown as NestFastifyApplication, basePath);
    fastify.get('/', () => 'page');
    fastify.post('/api/runs', (_request, reply) => reply.header('location', '/api/runs/1').send('run'));
    return fastify;
  };

  it.each(['/chat/', '/', '/chat/?q=1', '/?q=1'])('serves the page at %s', async (url) => {
    expect((await start('/chat/').inject(url)).body).toBe('page');
  });

  it('redirects the path without its last slash', async () => {
    const { statusCode, headers } = await start('/a/chat/').inject('/a/chat');
    expect([statusCode, headers.location]).toEqual([308, '/a/chat/']);
  });

  it.each([
    ['/chat/', '/chat/api/runs', '/chat/api/runs/1'],
    ['/chat/', '/api/runs', '/api/runs/1'],
    ['/', '/api/runs', '/api/runs/1'],
  ])('with BASE_PATH=%s, POST %s has the location %s', async (basePath, url, location) => {
    const { headers } = await start(basePath).inject({ method: 'POST', url });
    expect(headers.location).toBe(location);
  });

  it('serves nothing below other paths', async () => {
    expect((await start('/chat/').inject('/other/')).statusCode).toBe(404);
    expect((await start('/').inject('/chat/')).statusCode).toBe(404);
  });
});
