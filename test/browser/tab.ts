import AxeBuilder from '@axe-core/playwright';
import { isDeepStrictEqual } from 'node:util';
import { type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';

/** Maximum time until something appears, in ms: machines that run tests are busy. */
const timeoutMs = 30_000;

/** A page in its own browser context, with its errors. */
export class Tab {
  /** Errors logged to the console, uncaught errors, and requests to other hosts. */
  readonly errors: string[] = [];

  private constructor(readonly page: Page) {}

  /** Opens the page in a browser context of its own, and waits until its lazy parts are loaded. */
  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Tab> {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(timeoutMs);
    return Tab.#load(context, url);
  }

  /** Opens another tab, which shares storage and connections with this one, and is closed together with it. */
  beside(url: string): Promise<Tab> {
    return Tab.#load(this.page.context(), url);
  }

  static async #load(context: BrowserContext, url: string): Promise<Tab> {
    const tab = new Tab(await context.newPage());
    tab.#watch(new URL(url).host);
    await tab.page.goto(url);
    // These load after the frame of the page; before that, key presses have no effect.
    await tab.page.locator('p-sidebar').waitFor({ state: 'attached' });
    await tab.page.locator('p-chat').waitFor({ state: 'attached' });
    return tab;
  }

  /** Fills the message box. */
  async write(text: string): Promise<void> {
    await this.page.getByLabel('Message', { exact: true }).fill(text);
  }

  /** Sends a message. */
  async send(text: string): Promise<void> {
    await this.write(text);
    await this.press('Send');
  }

  /** Clicks the first button with that name. */
  async press(name: string | RegExp): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).first().click();
  }

  /** Resolves when the page shows the text. */
  async shows(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor();
  }

  /** Resolves when that many answers are shown and none is running. */
  async hasAnswers(count: number): Promise<void> {
    await this.page
      .locator('p-answer footer')
      .nth(count - 1)
      .waitFor({ state: 'attached' });
    await this.page.locator('p-answer.is-live').waitFor({ state: 'detached' });
  }

  /** The visible text of each answer. */
  answers(): Promise<string[]> {
    return this.page.locator('p-answer p-markdown').allInnerTexts();
  }

  /** Resolves when exactly these answers are shown. */
  hasAnswerTexts(texts: readonly string[]): Promise<void> {
    return this.#waitForTexts(texts, () => this.answers());
  }

  /** Resolves when exactly these messages of the user are shown. */
  hasQuestions(texts: readonly string[]): Promise<void> {
    return this.#waitForTexts(texts, () => this.page.locator('p-user-message .question').allInnerTexts());
  }

  /** The accessibility violations that axe finds. */
  async violations(): Promise<string[]> {
    // The page has no frames; without the legacy mode, axe opens another page each time to collect theirs.
    const { violations } = await new AxeBuilder({ page: this.page }).setLegacyMode().analyze();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }

  /** Whether the page is wider than the window. */
  isTooWide(): Promise<boolean> {
    return this.page.evaluate('document.documentElement.scrollWidth > innerWidth');
  }

  /** Closes the browser context. */
  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** Polls until the page shows these texts; parts of the page may be rendered one after the other. */
  async #waitForTexts(texts: readonly string[], read: () => Promise<string[]>): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    let shown = await read();
    while (!isDeepStrictEqual(shown, texts) && performance.now() < deadline) {
      await this.page.waitForTimeout(20);
      shown = await read();
    }
    expect(shown).toEqual(texts);
  }

  #watch(host: string): void {
    this.page.on('pageerror', (error) => this.errors.push(error.message));
    this.page.on('console', (message) => {
      // The browser logs every error status, including those that the page handles.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        this.errors.push(message.text());
      }
    });
    this.page.on('request', (request) => {
      const url = new URL(request.url());
      if (/^(https?|wss?):$/.test(url.protocol) && url.host !== host)
        this.errors.push(`requested ${url.href}`);
    });
  }
}
