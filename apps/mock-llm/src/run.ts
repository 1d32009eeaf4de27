import { type EventEmitter, once } from 'node:events';
import { readCommandLine } from './command-line.js';
import { MockLlm } from './mock-llm.js';

/** What a process gives a program; `process` itself fits. */
export interface Surroundings {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/**
 * The program: starts a mock as its flags and environment say and runs it until SIGINT or SIGTERM. Resolves with the
 * exit code: 0, or 1 when it cannot listen, or 2 for a wrong command line.
 */
export async function run(
  args: readonly string[],
  { env, stdout, stderr }: Surroundings,
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
  const told = new AbortController();
  const asked = ['SIGINT', 'SIGTERM'].map((signal) => once(signals, signal, { signal: told.signal }));
  const end = Promise.race(asked).finally(() => told.abort());
  // The loser of the race is aborted on purpose.
  for (const one of [...asked, end]) one.catch(() => undefined);
  let mock: MockLlm;
  try {
    mock = await MockLlm.start(command.options);
  } catch (error) {
    told.abort();
    stderr.write(`The mock LLM cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  stdout.write(`Mock LLM listens on ${mock.url}\n`);
  stdout.write(`Control port: ${mock.controlUrl ?? 'none'}\n`);
  await end;
  await mock.stop();
  return 0;
}
