import { jest } from '@jest/globals';
import { type Browser, type BrowserContextOptions } from 'playwright-core';
import { Stack, type StackOptions } from '../harness/stack.js';
import { hasChromium, launchChromium } from '#testing';
import { Tab } from './tab.js';

/** What the tests of one file share: a browser, and a server with its database. Each test has its own tab. */
export class PageFixture {
  browser!: Browser;
  stack!: Stack;
  tab!: Tab;
  readonly #others: Tab[] = [];

  /** Opens another tab, which is closed and checked for errors after the test as well. */
  async open(url = this.stack.url, options: BrowserContextOptions = {}): Promise<Tab> {
    const tab = await Tab.open(this.browser, url, options);
    this.#others.push(tab);
    return tab;
  }

  /** Closes all tabs. Returns their errors. */
  async closeTabs(): Promise<string[]> {
    const tabs = [this.tab, ...this.#others.splice(0)];
    for (const tab of tabs) await tab.close();
    return tabs.flatMap(({ errors }) => errors);
  }
}

/** A mock LLM that answers immediately, and a fallback. */
const stackOptions: StackOptions = {
  mocks: 2,
  environment: ([, fallback]) => ({
    LLM_FALLBACK_URLS: fallback!.url,
    LLM_MAX_RETRIES: '1',
    DRAIN_TIMEOUT: '1',
  }),
};

/**
 * Describes tests of the chat page with Chromium, the built page, the server, PostgreSQL, and mock LLMs behind real sockets.
 * A test fails if its page logs an error or requests another host. Skipped where there is no Chromium.
 */
export function describePage(
  subject: string,
  tests: (fixture: PageFixture) => void,
  options: StackOptions = stackOptions,
): void {
  (hasChromium ? describe : describe.skip)(`the chat page: ${subject}`, () => {
    jest.setTimeout(120_000);
    const fixture = new PageFixture();
    beforeAll(async () => {
      fixture.browser = await launchChromium();
      fixture.stack = await Stack.start(options);
    });
    afterAll(async () => {
      await fixture.browser?.close();
      await fixture.stack?.stop();
    });
    beforeEach(async () => {
      for (const mock of fixture.stack.mocks) await mock.reset();
      fixture.stack.mock.behave({ reply: 'An answer.' });
      fixture.tab = await Tab.open(fixture.browser, fixture.stack.url);
    });
    afterEach(async () => {
      expect(await fixture.closeTabs()).toEqual([]);
    });
    tests(fixture);
  });
}
