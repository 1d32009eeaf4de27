import { globSync } from 'node:fs';
import { describePage } from './describe-page.js';

const forever = 'public, max-age=31536000, immutable';

describePage(
  'the files',
  (fixture) => {
    it('with a hash in their name are cached for a year; others are revalidated each time', async () => {
      const names = globSync('**/*.{js,css,html,svg}', { cwd: 'dist/apps/web/browser' });
      expect(names.length).toBeGreaterThan(5);
      const cacheControls = await Promise.all(
        ['', ...names].map(async (name) => {
          const { status, headers } = await fixture.stack.fetch(`/${name}`);
          return `${name} ${status} ${headers.get('cache-control')}`;
        }),
      );
      expect(cacheControls).toEqual(
        ['', ...names].map(
          (name) => `${name} 200 ${/-[\w-]{8}\.(js|css)$/.test(name) ? forever : 'no-cache'}`,
        ),
      );
    });

    it('have a strict content security policy', async () => {
      const response = await fixture.stack.fetch('/');
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

    it('of the API documentation work under their content security policy', async () => {
      const { page } = await fixture.open();
      await page.goto(`${fixture.stack.url}/docs`);
      await page.getByRole('heading', { name: /^Parley/ }).waitFor();
      await page.getByText('/api/chat', { exact: true }).first().waitFor();
    });

    it('work below a path, as behind a reverse proxy', async () => {
      const base = `${fixture.stack.url}/chat`;
      fixture.stack.mock.behave({ reply: 'Below a path: $x^2$' });
      const tab = await fixture.open(`${base}/`);
      await tab.send('Hello?');
      await tab.hasAnswers(1);
      const url = tab.page.url();
      expect(url.startsWith(`${base}/c/`)).toBe(true);
      await tab.page.reload();
      await tab.shows('Below a path:');
      await tab.page.getByRole('link', { name: 'New conversation' }).click();
      await tab.shows('What shall we talk about?');
      expect(tab.page.url()).toBe(`${base}/`);
      await tab.page.getByRole('link', { name: 'Hello?' }).click();
      await tab.shows('Below a path:');
      expect(tab.page.url()).toBe(url);
      expect((await fixture.stack.fetch('/chat', { redirect: 'manual' })).headers.get('location')).toBe(
        '/chat/',
      );
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
    ])('are not served for %s', async (path) => {
      const response = await fixture.stack.fetch(path, { headers: { accept: 'text/html' } });
      expect(response.status).toBe(404);
      expect(await response.text()).not.toContain('<p-app>');
    });
  },
  { opensTab: false, stack: { environment: { BASE_PATH: '/chat/' } } },
);
