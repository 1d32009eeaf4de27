import { spawnSync } from 'node:child_process';
import { chromiumPath, hasChromium } from '#testing';

/** Once before all tests of the page: builds it if its sources have changed. Says so where there is no browser. */
export function preparePage(): void {
  if (!hasChromium) {
    process.stderr.write(`No browser at ${chromiumPath}: the tests of the chat page are skipped.\n`);
    return;
  }
  const { status, stderr } = spawnSync(process.execPath, ['apps/web/build/main.js'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The page cannot be built: ${stderr}`);
}
