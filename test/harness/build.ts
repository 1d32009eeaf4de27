import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { packageRoot } from '#testing';

const builtVariable = 'PARLEY_TEST_BUILT';

/**
 * Declares that a suite starts compiled programs. The global set-up searches the specs of a run for calls of this function and
 * compiles once if it finds any.
 * @throws Error if it did not compile
 */
export function usesBuild(): void {
  if (process.env[builtVariable] === undefined) throw new Error('A spec has to call usesBuild() itself.');
}

/** Compiles the sources that have changed into `dist`. @throws Error with the compiler's messages */
export async function build(): Promise<void> {
  const args = [`${packageRoot}/node_modules/typescript/bin/tsc`, '-b', 'tsconfig.build.json'];
  const compiler = spawn(process.execPath, args, { cwd: packageRoot, stdio: ['ignore', 'pipe', 'inherit'] });
  const messages = await text(compiler.stdout);
  if (messages !== '') throw new Error(`The build failed:\n${messages}`);
  process.env[builtVariable] = 'yes';
}
