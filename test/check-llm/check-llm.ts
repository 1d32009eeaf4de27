import { run } from '../../apps/check-llm/src/run.js';

/** What the program has said. */
export interface Told {
  exitCode: number;
  out: string;
  err: string;
}

/** Runs the program with nothing of this machine's environment. */
export async function checkLlm(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Told> {
  let [out, err] = ['', ''];
  const surroundings = {
    env,
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  };
  const exitCode = await run(args, surroundings, '/no/such/file');
  return { exitCode, out, err };
}
