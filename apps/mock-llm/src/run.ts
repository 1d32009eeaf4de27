import { type EventEmitter, once } from 'node:events';
import { readCommandLine } from './command-line.js';
import { MockLlm } from './mock-llm.js';

/** Environment and output streams of the program; `process` implements it. */
export interface ProcessContext {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/**
 * Runs a mock until SIGINT or SIGTERM. Resolves with the exit code: 0; 1 if it cannot listen; 2 for an invalid command
 * line.
 */
export async function run(
  args: readonly string[],
  { env, stdout, stderr }: ProcessContext,
  signals: EventEmitter,
): Promise<number> {
  const command = readCommandLine(args, env);
  if (command.kind === 'help') {
    stdout.write(command.text);
    return 0;
  }
  if (command.kind === 'mistakes') {
    const lines = command.mistakes.map((mistake) => `  ${mistake}\n`).join('');
    stderr.write(`The mock LLM cannot start:\n${lines}See --help.\n`);
    return 2;
  }
  const ended = new AbortController();
  const signaled = ['SIGINT', 'SIGTERM'].map((signal) => once(signals, signal, { signal: ended.signal }));
  const end = Promise.race(signaled).finally(() => ended.abort());
  // The other listener is aborted intentionally.
  for (const one of [...signaled, end]) one.catch(() => undefined);
  let mock: MockLlm;
  try {
    mock = await MockLlm.start(command.options);
  } catch (error) {
    ended.abort();
    stderr.write(`The mock LLM cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  stdout.write(`Mock LLM listens on ${mock.url}\n`);
  stdout.write(`Control port: ${mock.controlUrl ?? 'none'}\n`);
  await end;
  await mock.stop();
  return 0;
}
