import { run } from '../../apps/check-llm/src/run.js';

/** Exit code and output of the program. */
export interface ProgramResult {
  exitCode: number;
  out: string;
  err: string;
}

/** Runs the program without the environment of this machine. */
export async function checkLlm(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ProgramResult> {
  let [out, err] = ['', ''];
  const context = {
    env,
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  };
  const exitCode = await run(args, context, '/no/such/file');
  return { exitCode, out, err };
}
