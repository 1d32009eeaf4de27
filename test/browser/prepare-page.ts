import { spawnSync } from 'node:child_process';
import { chromiumPath, hasChromium } from '#testing';

/** Builds the page if its sources have changed; run once before all tests of the page. Warns if there is no browser. */
export function preparePage(): void {
  if (!hasChromium) {
    process.stderr.write(`No browser at ${chromiumPath}: the tests of the chat page are skipped.\n`);
    return;
  }
  const { status, stderr } = spawnSync(process.execPath, ['apps/web/build/main.js'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The page cannot be built: ${stderr}`);
}
