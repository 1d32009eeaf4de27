import { existsSync } from 'node:fs';
import { type Browser } from 'playwright-core';

/** The browser's executable: the one that the variable CHROMIUM names, or else that of Debian's package. */
export const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Whether this machine has the browser. */
export const hasChromium = existsSync(chromiumPath);

const options = {
  executablePath: chromiumPath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
};

/** Starts Chromium without a window. The caller closes it. */
export async function launchChromium(): Promise<Browser> {
  // Loaded on demand: few of the programs and specs that import #testing need a browser.
  const { chromium } = await import('playwright-core');
  return chromium.launch(options);
}

/** Starts Chromium without a window, for other processes that connect to its endpoint. The caller closes it. */
export async function serveChromium(): Promise<{ endpoint: string; close: () => Promise<void> }> {
  const { chromium } = await import('playwright-core');
  const server = await chromium.launchServer({ ...options, host: '127.0.0.1' });
  return { endpoint: server.wsEndpoint(), close: () => server.close() };
}

/** Connects to a browser of {@link serveChromium}. Closing the result closes its contexts, not the browser. */
export async function connectChromium(endpoint: string): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  return chromium.connect(endpoint);
}
