import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

/** `npm start`: builds what has changed since the last time, then starts the server in this process. */
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a Node script to its end, and prints what it is for and how long it took. Ends this process if it fails. */
function step(purpose, script, ...args) {
  process.stdout.write(`${purpose} … `);
  const start = performance.now();
  const { status, stdout } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(status === 0 ? `${seconds} s\n` : `failed after ${seconds} s\n${stdout}`);
  if (status !== 0) process.exit(status ?? 1);
}

const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
if (!existsSync(`${root}/dist/apps/server`)) {
  process.stdout.write(
    'The first start compiles everything, which takes about a minute. Later ones take seconds.\n',
  );
}
step('[1/3] Compiling the server', compiler, '-b', 'tsconfig.build.json');
step('[2/3] Building the chat page', 'apps/web/build/main.js');
process.stdout.write('[3/3] Starting the database and the server …\n');
await import(`${root}/dist/apps/server/src/demo.js`);
