import { globSync } from 'node:fs';
import { describePage } from './describe-page.js';

const forever = 'public, max-age=31536000, immutable';

describePage('what the server gives away', (bench) => {
  it('is kept for a year where its name has a hash, and asked for each time where it has not', async () => {
    const names = globSync('**/*.{js,css,html,svg}', { cwd: 'dist/apps/web/browser' });
    expect(names.length).toBeGreaterThan(5);
    const given = await Promise.all(
      ['', ...names].map(async (name) => {
        const { status, headers } = await bench.stack.fetch(`/${name}`);
        return `${name} ${status} ${headers.get('cache-control')}`;
      }),
    );
    expect(given).toEqual(
      ['', ...names].map((name) => `${name} 200 ${/-[\w-]{8}\.(js|css)$/.test(name) ? forever : 'no-cache'}`),
    );
  });

  it('may do nothing but what the page needs', async () => {
    const response = await bench.stack.fetch('/');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "base-uri 'self'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types angular angular#unsafe-bypass angular#bundler dompurify parley-worker',
    ]);
    const html = await response.text();
    expect(html).not.toMatch(/<style|<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=|https?:\/\//);
  });

  it.each([
    '/api/no-such-thing',
    '/v1/no-such-thing',
    '/health/no',
    '/chunk-OLDOLD12.js',
    '/c/a/b',
    '/c/..%2f..%2fmetrics',
    '/c/%252e%252e',
    '/admin',
  ])('does not answer %s with the page', async (path) => {
    const response = await bench.stack.fetch(path, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain('<p-app>');
  });
});
