import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { packageRoot } from '#testing';

/** Compiles what has changed. */
export async function build(): Promise<void> {
  const compiler = spawn(
    process.execPath,
    [`${packageRoot}/node_modules/typescript/bin/tsc`, '-b', 'tsconfig.build.json'],
    { cwd: packageRoot, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [code] = (await once(compiler, 'close')) as [number];
  if (code !== 0) throw new Error('the build failed');
}
