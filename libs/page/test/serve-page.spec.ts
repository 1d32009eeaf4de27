import Fastify, { type FastifyInstance } from 'fastify';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { servePage } from '../src/index.js';

/** Tests with a real Fastify and real files. */
describe('servePage', () => {
  let folder: string;
  let fastify: FastifyInstance;

  const files = {
    'index.html': '<base href="./" /><title>Parley</title>',
    'favicon.svg': '<svg/>',
    'main-ABCD1234.js': 'start()',
    'main-ABCD1234.js.br': brotliCompressSync('start()'),
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-page-'));
    fastify = Fastify();
    fastify.get('/api/runs/:id', () => ({}));
  });
  afterEach(async () => {
    await fastify.close();
    await rm(folder, { recursive: true });
  });
  const serve = async (): Promise<void> => {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    await servePage(fastify, folder);
  };
  const get = (url: string, headers: Record<string, string> = {}) => fastify.inject({ url, headers });

  it.each([
    ['/', files['index.html']],
    ['/c/01900000-0000-7000-8000-000000000000', files['index.html'].replace('./', '../')],
  ])(
    'serves the page at %s with URLs relative to its own, and revalidates it for each request',
    async (url, html) => {
      await serve();
      const { statusCode, headers, body } = await get(url);
      expect([statusCode, body]).toEqual([200, html]);
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
      const again = await get(url, { 'if-none-match': headers.etag! });
      expect(again.statusCode).toBe(304);
    },
  );

  it('allows the page its own scripts and styles only', async () => {
    await serve();
    const policy = (await get('/')).headers['content-security-policy'] as string;
    const directives = new Map(policy.split('; ').map((part) => part.split(/ (.*)/s, 2) as [string, string]));
    expect(Object.fromEntries(directives)).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self' data:",
      'font-src': "'self'",
      'connect-src': "'self'",
      'base-uri': "'self'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
      'require-trusted-types-for': "'script'",
      'trusted-types': 'angular angular#unsafe-bypass angular#bundler dompurify parley-worker',
    });
  });

  it('caches files with a hash in their name for a year, and sends them compressed if the browser accepts it', async () => {
    await serve();
    const plain = await get('/main-ABCD1234.js');
    expect([plain.statusCode, plain.body]).toEqual([200, 'start()']);
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const small = await get('/main-ABCD1234.js', { 'accept-encoding': 'gzip, br' });
    expect(small.headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': 'application/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(small.headers.vary).toMatch(/accept-encoding/i);
    expect((await get('/favicon.svg')).headers['cache-control']).toBe('no-cache');
  });

  it.each([
    '/main-OLD12345.js',
    '/main-ABCD1234.js.br',
    '/api/nothing',
    '/v1/nothing',
    '/health/nothing',
    '/c/1/2',
    '/..%2fpackage.json',
  ])('does not serve the page at %s', async (url) => {
    await serve();
    const { statusCode, body } = await get(url);
    expect([statusCode >= 400 && statusCode < 500, body.includes('<title>')]).toEqual([true, false]);
  });

  it('explains how to build the page if it is not built', async () => {
    await servePage(fastify, folder);
    const { statusCode, headers, body } = await get('/');
    expect([statusCode, headers['content-type']]).toEqual([404, 'text/plain; charset=utf-8']);
    expect(body).toContain('npm run build:web');
    expect((await get('/c/1')).body).toBe(body);
  });
});
