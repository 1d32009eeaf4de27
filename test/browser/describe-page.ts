import { jest } from '@jest/globals';
import { type Browser, type BrowserContextOptions } from 'playwright-core';
import { Stack, type StackOptions } from '../harness/stack.js';
import { hasChromium, launchChromium } from '#testing';
import { Tab } from './tab.js';

/** What the tests of one subject share: a browser and a server. Each test has a tab of its own. */
export class Bench {
  browser!: Browser;
  stack!: Stack;
  tab!: Tab;
  readonly #others: Tab[] = [];

  /** One more tab, which is closed and looked through after the test as well. */
  async open(url = this.stack.url, options: BrowserContextOptions = {}): Promise<Tab> {
    const tab = await Tab.open(this.browser, url, options);
    this.#others.push(tab);
    return tab;
  }

  /** Closes all tabs. Returns what went wrong in them. */
  async closeTabs(): Promise<string[]> {
    const tabs = [this.tab, ...this.#others.splice(0)];
    for (const tab of tabs) await tab.close();
    return tabs.flatMap(({ mistakes }) => mistakes);
  }
}

/** An LLM that answers at once, and one in reserve. */
const stackOptions: StackOptions = {
  mocks: 2,
  environment: ([, spare]) => ({ LLM_FALLBACK_URLS: spare!.url, LLM_MAX_RETRIES: '1', DRAIN_TIMEOUT: '1' }),
};

/** Real: Chromium, the page as it is built, the server, PostgreSQL, mock LLMs behind real sockets. */
export function describePage(
  subject: string,
  tests: (bench: Bench) => void,
  options: StackOptions = stackOptions,
): void {
  (hasChromium ? describe : describe.skip)(`the chat page: ${subject}`, () => {
    jest.setTimeout(120_000);
    const bench = new Bench();
    beforeAll(async () => {
      bench.browser = await launchChromium();
      bench.stack = await Stack.start(options);
    });
    afterAll(async () => {
      await bench.browser?.close();
      await bench.stack?.stop();
    });
    beforeEach(async () => {
      for (const mock of bench.stack.mocks) await mock.reset();
      bench.stack.mock.behave({ reply: 'An answer.' });
      bench.tab = await Tab.open(bench.browser, bench.stack.url);
    });
    afterEach(async () => {
      expect(await bench.closeTabs()).toEqual([]);
    });
    tests(bench);
  });
}
