import { run } from '../../apps/check-llm/src/run.js';

/** Exit code and output of the program. */
export interface ProgramResult {
  exitCode: number;
  out: string;
  err: string;
}

/** Servers that send no late frames are watched for a third of the program's 1,500 ms. */
const withoutLateFramesMs = 500;

/**
 * Runs the program without the environment of this machine.
 * @param lateFrameMs how long each connection is watched for late frames, in milliseconds
 */
export async function checkLlm(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  lateFrameMs = withoutLateFramesMs,
): Promise<ProgramResult> {
  let [out, err] = ['', ''];
  const context = {
    env,
    lateFrameMs,
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  };
  const exitCode = await run(args, context, '/no/such/file');
  return { exitCode, out, err };
}
