import { spawnSync } from 'node:child_process';
import { chromiumPath, hasChromium, serveChromium } from '#testing';

/**
 * Run once before all tests of the page: builds the page if its sources have changed, and starts the browser that the spec
 * files share. Its endpoint is in the environment variable `CHROMIUM_ENDPOINT`. Warns if there is no browser.
 * @returns a function that closes the browser
 */
export async function preparePage(): Promise<() => Promise<void>> {
  if (!hasChromium) {
    process.stderr.write(`No browser at ${chromiumPath}: the tests of the chat page are skipped.\n`);
    return () => Promise.resolve();
  }
  const { status, stderr } = spawnSync(process.execPath, ['apps/web/build/main.js'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The page cannot be built: ${stderr}`);
  const { endpoint, close } = await serveChromium();
  process.env.CHROMIUM_ENDPOINT = endpoint;
  return close;
}
