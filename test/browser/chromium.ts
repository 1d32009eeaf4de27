import AxeBuilder from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Debian's, or the one that CHROMIUM names. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Tests of the page need a browser; all others do not. */
export const hasChromium = existsSync(executablePath);
if (!hasChromium) {
  process.stderr.write(`No browser at ${executablePath}: the tests of the chat page are skipped.\n`);
}

/** Builds the page if its sources have changed, and starts a browser. */
export async function startBrowser(): Promise<Browser> {
  const { status, stderr } = spawnSync(process.execPath, ['apps/web/build/main.js'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The page cannot be built: ${stderr}`);
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  });
}

/** A page in a browser profile of its own, and everything that went wrong in it. */
export class Tab {
  /** Errors on the console, uncaught ones, and requests to other hosts. */
  readonly mistakes: string[] = [];

  private constructor(readonly page: Page) {}

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Tab> {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    const tab = new Tab(await context.newPage());
    const { host } = new URL(url);
    tab.page.on('pageerror', (error) => tab.mistakes.push(error.message));
    tab.page.on('console', (message) => {
      // A status that the page understands is on the console all the same.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        tab.mistakes.push(message.text());
      }
    });
    tab.page.on('request', (request) => {
      if (/^(https?|wss?):/.test(request.url()) && new URL(request.url()).host !== host) {
        tab.mistakes.push(`asked ${request.url()}`);
      }
    });
    await tab.page.goto(url);
    return tab;
  }

  async send(text: string): Promise<void> {
    await this.page.getByLabel('Message', { exact: true }).fill(text);
    await this.page.getByRole('button', { name: 'Send', exact: true }).click();
  }

  /** Resolves when the page shows the text. */
  async shows(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor({ timeout: 15_000 });
  }

  /** The text of each answer, as a reader sees it. */
  answers(): Promise<string[]> {
    return this.page.locator('p-answer p-markdown').allInnerTexts();
  }

  /** What axe finds, in words. */
  async violations(): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page: this.page }).analyze();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
