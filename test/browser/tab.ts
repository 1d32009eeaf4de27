import AxeBuilder from '@axe-core/playwright';
import { isDeepStrictEqual } from 'node:util';
import { type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** How long something may take to be seen, in ms: machines that run tests are busy. */
const patienceMs = 30_000;

/** A page in a browser profile of its own, and everything that went wrong in it. */
export class Tab {
  /** Errors on the console, uncaught ones, and requests to other hosts. */
  readonly mistakes: string[] = [];

  private constructor(readonly page: Page) {}

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Tab> {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(patienceMs);
    const tab = new Tab(await context.newPage());
    tab.#watch(new URL(url).host);
    await tab.page.goto(url);
    // They come after the rest of the page; a key that is pressed before is meant for nobody.
    await tab.page.locator('p-sidebar').waitFor({ state: 'attached' });
    await tab.page.locator('p-chat').waitFor({ state: 'attached' });
    return tab;
  }

  async write(text: string): Promise<void> {
    await this.page.getByLabel('Message', { exact: true }).fill(text);
  }

  async send(text: string): Promise<void> {
    await this.write(text);
    await this.press('Send');
  }

  /** Presses the first button with that name, as a mouse or a finger does. */
  async press(name: string | RegExp): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).first().click();
  }

  /** Resolves when the page shows the text. */
  async shows(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor();
  }

  /** Resolves when that many answers are shown that are not being written any more. */
  async hasAnswers(count: number): Promise<void> {
    await this.page
      .locator('p-answer footer')
      .nth(count - 1)
      .waitFor({ state: 'attached' });
    await this.page.locator('p-answer.is-live').waitFor({ state: 'detached' });
  }

  /** The text of each answer, as a reader sees it. */
  answers(): Promise<string[]> {
    return this.page.locator('p-answer p-markdown').allInnerTexts();
  }

  /** Resolves when these answers are shown, and no others. */
  hasAnswerTexts(texts: readonly string[]): Promise<void> {
    return this.#comesTo(texts, () => this.answers());
  }

  /** Resolves when the user is seen to have said this, and nothing else. */
  hasQuestions(texts: readonly string[]): Promise<void> {
    return this.#comesTo(texts, () => this.page.locator('p-user-message .said').allInnerTexts());
  }

  /** What axe finds, in words. */
  async violations(): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page: this.page }).analyze();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }

  /** Something is wider than the window. */
  isTooWide(): Promise<boolean> {
    return this.page.evaluate('document.documentElement.scrollWidth > innerWidth');
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** What a text on the page tells of may be shown a moment later than that text. */
  async #comesTo(texts: readonly string[], read: () => Promise<string[]>): Promise<void> {
    const end = performance.now() + patienceMs;
    let shown = await read();
    while (!isDeepStrictEqual(shown, texts) && performance.now() < end) {
      await this.page.waitForTimeout(20);
      shown = await read();
    }
    expect(shown).toEqual(texts);
  }

  #watch(host: string): void {
    this.page.on('pageerror', (error) => this.mistakes.push(error.message));
    this.page.on('console', (message) => {
      // A status that the page understands is on the console all the same.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        this.mistakes.push(message.text());
      }
    });
    this.page.on('request', (request) => {
      const url = new URL(request.url());
      if (/^(https?|wss?):$/.test(url.protocol) && url.host !== host) this.mistakes.push(`asked ${url.href}`);
    });
  }
}
