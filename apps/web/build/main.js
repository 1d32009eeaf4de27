import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compress } from './compress.js';
import { fingerprint } from './fingerprint.js';
import { initialSize, maxInitialBytes } from './initial-size.js';

/** `npm run build:web`: builds the page into dist/apps/web, unless it was already built from the same sources. */
const root = fileURLToPath(new URL('../../..', import.meta.url));
const output = `${root}/dist/apps/web`;
const stamp = `${output}/sources.sha256`;

const sources = fingerprint(root);
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== sources) {
  process.stdout.write('Building the chat page …\n');
  rmSync(stamp, { force: true });
  const ng = createRequire(import.meta.url).resolve('@angular/cli/bin/ng.js');
  const { status } = spawnSync(process.execPath, [ng, 'build', '--progress=false'], {
    cwd: `${root}/apps/web`,
    env: { ...process.env, NG_CLI_ANALYTICS: 'false' },
    stdio: ['ignore', process.argv.includes('--verbose') ? 'inherit' : 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  const size = initialSize(`${output}/browser`);
  if (size > maxInitialBytes) {
    process.stderr.write(
      `The initial JavaScript of the page has ${size} bytes; at most ${maxInitialBytes} are allowed.\n`,
    );
    process.exit(1);
  }
  // Browsers that can show the page load the fonts of formulas as .woff2.
  for (const name of globSync('media/*.{woff,ttf}', { cwd: `${output}/browser` })) {
    rmSync(`${output}/browser/${name}`);
  }
  compress(`${output}/browser`);
  writeFileSync(stamp, sources);
}
