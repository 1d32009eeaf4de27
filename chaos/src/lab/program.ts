import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';

/** How to run one program. */
export interface ProgramOptions {
  script: URL;
  args?: readonly string[];
  /** All of its environment but PATH. */
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** What it prints goes there, after what is there. */
  logFile: string;
}

/** How a process ended. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Ends the program when this process is gone, however that ended. */
const probe = new URL('../../../bench/src/lab/probe.js', import.meta.url);

/** A Node program in a process of its own, which may be killed and stopped at any time. */
export class Program {
  /** Resolves, never rejects, when the process is gone. */
  readonly ended: Promise<Ending>;

  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.ended = once(process, 'exit').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
  }

  static async start({ script, args = [], env, cwd, logFile }: ProgramOptions): Promise<Program> {
    const log = await open(logFile, 'a');
    try {
      const { PATH = '' } = process.env;
      const child = fork(script, [...args], {
        execArgv: ['--import', probe.href],
        stdio: ['ignore', log.fd, log.fd, 'ipc'],
        cwd,
        env: { PATH, ...env },
      });
      return new Program(child);
    } finally {
      await log.close();
    }
  }

  get isGone(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** Does nothing once it is gone. */
  kill(signal: NodeJS.Signals): void {
    if (!this.isGone) this.#process.kill(signal);
  }
}
