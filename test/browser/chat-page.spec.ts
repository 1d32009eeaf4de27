import { type Browser } from 'playwright-core';
import { Stack } from '../harness/stack.js';
import { hasChromium, startBrowser, Tab } from './chromium.js';

/** 60 words: at 30 a second, time enough to do something in mid-answer. */
const long = Array.from({ length: 60 }, (_, at) => `word${at + 1}`).join(' ');
const slow = { reply: long, tokensPerSecond: 30 };
const quick = { reply: 'An answer.', tokensPerSecond: 0 };
const hostile = [
  '<img src=x onerror="document.title=1"><script>document.title=1</script>',
  '[a link](javascript:document.title=1) ![a picture](http://192.0.2.1/p.png)',
  '<iframe src="http://192.0.2.1"></iframe> <style>*{display:none}</style> The end.',
].join('\n\n');

/** Real: Chromium, the page as it is built, the server, PostgreSQL, mock LLMs behind real sockets. */
(hasChromium ? describe : describe.skip)('the chat page', () => {
  jest.setTimeout(60_000);
  let browser: Browser;
  let stack: Stack;
  let tab: Tab;

  beforeAll(async () => {
    browser = await startBrowser();
    stack = await Stack.start({
      mocks: 2,
      environment: ([, spare]) => ({
        LLM_FALLBACK_URLS: spare!.url,
        LLM_MAX_RETRIES: '1',
        DRAIN_TIMEOUT: '1',
      }),
    });
  }, 180_000);
  afterAll(async () => {
    await stack?.stop();
    await browser?.close();
  });
  beforeEach(async () => {
    for (const mock of stack.mocks) await mock.reset();
    stack.mock.behave(quick);
    tab = await Tab.open(browser, stack.url);
  });
  afterEach(async () => {
    const { mistakes } = tab;
    await tab.close();
    expect(mistakes).toEqual([]);
  });

  it('answers word by word, and has no barrier for anybody', async () => {
    expect(await tab.violations()).toEqual([]);
    stack.mock.behave(slow);
    await tab.send('Hello?');
    await tab.shows('word3');
    expect((await tab.answers())[0]).not.toContain('word60');
    expect(await tab.violations()).toEqual([]);
    await tab.shows('word60');
    await tab.shows(/\d+ tokens/);
    expect(await tab.answers()).toEqual([long]);
    expect(await tab.violations()).toEqual([]);
  });

  it('stops an answer, and keeps what there is', async () => {
    stack.mock.behave(slow);
    await tab.send('Hello?');
    await tab.shows('word3');
    await tab.page.getByRole('button', { name: 'Stop', exact: true }).click();
    await tab.shows('Stopped.');
    await stack.mock.waitFor(({ requests }) => requests.at(-1)!.outcome === 'abandoned', 1_000);
    const [answer] = await tab.answers();
    expect(long.startsWith(answer!)).toBe(true);
    expect(answer!.length).toBeLessThan(long.length);
    expect(await tab.violations()).toEqual([]);
  });

  it('goes on with an answer after a reload', async () => {
    stack.mock.behave(slow);
    await tab.send('Hello?');
    await tab.shows('word3');
    await tab.page.reload();
    await tab.shows('word60');
    expect(await tab.answers()).toEqual([long]);
    expect(stack.mock.requests).toHaveLength(1);
  });

  it('goes on with an answer whose server was restarted, and says so', async () => {
    stack.mock.behave(slow);
    await tab.send('Hello?');
    await tab.shows('word3');
    const { port } = new URL(stack.url);
    await stack.close();
    await tab.shows('The connection was lost. Trying to reach the answer again …');
    expect(await tab.violations()).toEqual([]);
    await stack.open(Number(port));
    await tab.shows(/^Started over at/);
    await tab.shows('word60');
    expect(await tab.answers()).toEqual([long]);
  });

  it('starts an answer over on another endpoint, and says so', async () => {
    stack.mock.behave({ ...slow, afterTokens: 5, cut: 'reset' });
    stack.mocks[1]!.behave({ reply: 'Another answer.' });
    await tab.send('Hello?');
    await tab.shows(/^Started over at/);
    await tab.shows('Another answer.');
    await tab.page.locator('.chip', { hasText: 'Fallback' }).waitFor();
    expect(await tab.answers()).toEqual(['Another answer.']);
    expect(await tab.violations()).toEqual([]);
  });

  it('says that there is no answer, and asks again', async () => {
    for (const mock of stack.mocks) mock.behave({ afterTokens: 0, errorCode: 'invalid_request' });
    await tab.send('Hello?');
    await tab.shows('There is no answer.');
    expect(await tab.violations()).toEqual([]);
    for (const mock of stack.mocks) await mock.reset();
    stack.mock.behave(quick);
    await tab.page.getByRole('button', { name: 'Try again' }).first().click();
    await tab.shows('An answer.');
  });

  it('keeps both branches of an edited message', async () => {
    await tab.send('First?');
    await tab.shows('An answer.');
    stack.mock.behave({ reply: 'Of the branch.' });
    await tab.page.getByRole('button', { name: 'Edit', exact: true }).click();
    await tab.page.getByLabel('Edit your message').fill('Second?');
    await tab.page.getByRole('button', { name: 'Send as a new branch' }).click();
    await tab.shows('Of the branch.');
    await tab.shows('2 of 2');
    await tab.page.getByRole('button', { name: 'Previous version' }).first().click();
    await tab.shows('First?');
    expect(await tab.answers()).toEqual(['An answer.']);
    expect(await tab.violations()).toEqual([]);
  });

  it('finds, renames and deletes conversations, with a way back', async () => {
    await tab.send('Where do walruses sleep?');
    await tab.shows('An answer.');
    const search = tab.page.getByLabel('Search conversations and messages');
    await search.fill('walruses');
    await tab.page.locator('mark', { hasText: 'walruses' }).first().waitFor();
    expect(await tab.violations()).toEqual([]);
    await search.fill('');
    await tab.page.getByRole('button', { name: 'Delete “Where do walruses sleep?”' }).click();
    await tab.page.getByRole('button', { name: 'Undo' }).click();
    await tab.page.getByRole('link', { name: 'Where do walruses sleep?' }).waitFor();
    await tab.page.getByRole('button', { name: 'Rename “Where do walruses sleep?”' }).click();
    await tab.page.getByLabel('New title').fill('Walruses');
    await tab.page.keyboard.press('Enter');
    await tab.page.getByRole('link', { name: 'Walruses' }).waitFor();
    const { body } = await stack.call<{ data: { title: string }[] }>('GET', '/api/conversations?limit=1');
    expect(body.data[0]!.title).toBe('Walruses');
  });

  it('does nothing that an answer wants', async () => {
    stack.mock.behave({ reply: hostile });
    await tab.send('Hello?');
    await tab.shows('The end.');
    expect(await tab.page.title()).not.toBe('1');
    const bad = tab.page.locator(
      'p-answer :is(img, script, iframe, style, [onerror], [href^="javascript:" i])',
    );
    expect(await bad.count()).toBe(0);
  });

  it.each([
    ['in the dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true }],
  ] as const)('can be used %s', async (_, options) => {
    stack.mock.behave({
      reply: '| a | b |\n| - | - |\n| 1 | 2 |\n\n```ts\nconst long = 1;\n```\n\nThe end.',
    });
    const other = await Tab.open(browser, stack.url, options);
    await other.send('Hello?');
    await other.shows('The end.');
    await other.page.locator('.hljs-keyword').waitFor();
    const wide = await other.page.evaluate('document.documentElement.scrollWidth > innerWidth');
    const violations = await other.violations();
    await other.close();
    expect([wide, violations, other.mistakes]).toEqual([false, [], []]);
  });
});

(hasChromium ? describe : describe.skip)('the chat page of a server that asks for a key', () => {
  const key = 'a-key-of-at-least-16-characters';

  it('lets in who has one, until they sign out', async () => {
    const browser = await startBrowser();
    const stack = await Stack.start({
      behaviour: quick,
      environment: { AUTH: 'keys', API_KEYS: `ada:${key}` },
    });
    const tab = await Tab.open(browser, stack.url);
    const field = tab.page.getByLabel('API key');
    await field.fill('wrong');
    await tab.page.keyboard.press('Enter');
    await tab.shows('The server does not know this key.');
    const violations = await tab.violations();
    await field.fill(key);
    await tab.page.keyboard.press('Enter');
    await field.waitFor({ state: 'detached' });
    await tab.send('Hello?');
    await tab.shows('An answer.');
    await tab.page.getByRole('button', { name: 'Sign out' }).click();
    await field.waitFor();
    const kept = await tab.page.evaluate<string>('JSON.stringify([localStorage, sessionStorage])');
    await browser.close();
    await stack.stop();
    expect([violations, kept.includes(key)]).toEqual([[], false]);
  }, 60_000);
});
