import { jest } from '@jest/globals';
import { type Browser, type BrowserContextOptions } from 'playwright-core';
import { Stack, type StackOptions } from '../harness/stack.js';
import { connectChromium, hasChromium, launchChromium } from '#testing';
import { Tab } from './tab.js';

/** What the tests of one file share: a browser, and a server with its database. Each test has its own tab. */
export class PageFixture {
  browser!: Browser;
  stack!: Stack;
  /** The tab of the test; undefined with `opensTab: false` or without a stack. */
  tab!: Tab;
  readonly #tabs: Tab[] = [];

  /** Opens another tab, which is closed and checked for errors after the test as well. */
  async open(url = this.stack.url, options: BrowserContextOptions = {}): Promise<Tab> {
    const tab = await Tab.open(this.browser, url, options);
    this.#tabs.push(tab);
    return tab;
  }

  /** Closes all tabs. Returns their errors. */
  async closeTabs(): Promise<string[]> {
    const tabs = this.#tabs.splice(0);
    for (const tab of tabs) await tab.close();
    return tabs.flatMap(({ errors }) => errors);
  }
}

/** What the tests of a file need. */
export interface PageOptions {
  /** The server and its mock LLMs; `none` if the tests start servers of their own. If left out: one mock LLM and a fallback. */
  stack?: StackOptions | 'none';
  /** Whether each test starts with an open tab; true if left out. */
  opensTab?: boolean;
  /** Starts a browser for this file alone instead of the shared one: for tests that measure the browser. */
  ownBrowser?: boolean;
}

/** A mock LLM and a fallback. */
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
  { stack = stackOptions, opensTab = true, ownBrowser = false }: PageOptions = {},
): void {
  (hasChromium ? describe : describe.skip)(`the chat page: ${subject}`, () => {
    jest.setTimeout(120_000);
    const fixture = new PageFixture();
    beforeAll(async () => {
      const endpoint = process.env.CHROMIUM_ENDPOINT;
      fixture.browser =
        ownBrowser || endpoint === undefined ? await launchChromium() : await connectChromium(endpoint);
      if (stack !== 'none') fixture.stack = await Stack.start(stack);
    });
    afterAll(async () => {
      await fixture.browser?.close();
      await fixture.stack?.stop();
    });
    beforeEach(async () => {
      if (stack === 'none') return;
      for (const mock of fixture.stack.mocks) await mock.reset();
      fixture.stack.mock.behave({ reply: 'An answer.' });
      if (opensTab) fixture.tab = await fixture.open();
    });
    afterEach(async () => {
      expect(await fixture.closeTabs()).toEqual([]);
    });
    tests(fixture);
  });
}
