import { existsSync } from 'node:fs';
import { type Browser } from 'playwright-core';

/** The browser's executable: the one that the variable CHROMIUM names, or else that of Debian's package. */
export const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Whether this machine has the browser. */
export const hasChromium = existsSync(chromiumPath);

/** Starts Chromium without a window. The caller closes it. */
export async function launchChromium(): Promise<Browser> {
  // Loaded on demand: few of the programs and specs that import #testing need a browser.
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  });
}
