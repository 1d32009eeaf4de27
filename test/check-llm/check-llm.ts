import { type ProbeWaits } from '../../apps/check-llm/src/probe/waits.js';
import { run } from '../../apps/check-llm/src/run.js';

/** Exit code and output of the program. */
export interface ProgramResult {
  exitCode: number;
  out: string;
  err: string;
}

/** Waits for servers in the same process, which respond within milliseconds even if the machine is busy. */
const shortWaits: ProbeWaits = {
  lateFrameMs: 150,
  openMs: 100,
  pingMs: 2_000,
  stopMs: 2_000,
  invalidMs: 300,
  quietMs: 400,
  trialSilenceMs: 1_000,
  leastSilenceMs: 1_000,
  trialNoAnswerMs: 500,
};

/**
 * Runs the program without the environment of this machine.
 * @param waits the waits that differ from {@link shortWaits}
 */
export async function checkLlm(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  waits: Partial<ProbeWaits> = {},
): Promise<ProgramResult> {
  let [out, err] = ['', ''];
  const context = {
    env: { LLM_FIRST_TOKEN_TIMEOUT: '2', ...env },
    waits: { ...shortWaits, ...waits },
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  };
  const exitCode = await run(args, context, '/no/such/file');
  return { exitCode, out, err };
}
