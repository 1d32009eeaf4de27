import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { packageRoot } from './package-root.js';

/** How to run a compiled program. */
export interface ProgramOptions {
  args?: readonly string[];
  /** Its working folder. Default: the checkout. */
  cwd?: string | undefined;
  /** The built checkout that the program is from. Default: this one. */
  checkout?: string | undefined;
  /** A command and its arguments that run the program. Default: none, the program is the child process itself. */
  wrapper?: readonly string[];
  /** The file that its output is appended to. Default: none, it is kept in {@link Program.output}. */
  logFile?: string;
  /** How many characters of the output are kept, the last ones. Default: all. */
  outputLimit?: number;
  /** Modules below `dist` that are loaded into the program first. With them it gets a channel for {@link Program.ask}. */
  preload?: readonly string[];
}

/** How a process ended. */
export interface Ending {
  /** Its exit code; null if a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The module to preload for a program that has to end when its parent does. */
export const endWithParent = 'testing/src/processes/end-with-parent';

const stopTimeoutMs = 5_000;
/** How much of the output an error message has. */
const shownChars = 4_000;

/** A compiled program in a process of its own. */
export class Program implements AsyncDisposable {
  /** Standard output and standard error, as they came. */
  output = '';
  /** Standard output alone. */
  stdout = '';
  /** Resolves, and never rejects, when the process has ended and its output is complete. */
  readonly ended: Promise<Ending>;
  readonly #entry: string;
  readonly #child: ChildProcess;
  readonly #changes = new EventEmitter<{ change: [] }>();
  #ending: Ending | undefined;

  /**
   * @param entry the program's file below `dist`, without its extension, such as `apps/server/src/main`
   * @param env its whole environment, besides PATH and HOME
   */
  constructor(entry: string, env: Readonly<Record<string, string>>, options: ProgramOptions = {}) {
    const { args = [], checkout = packageRoot, cwd = checkout, wrapper = [] } = options;
    const { logFile, outputLimit = Infinity, preload = [] } = options;
    const { PATH = '', HOME = '' } = process.env;
    const file = (name: string): string => `${checkout}/dist/${name}.js`;
    const imports = preload.flatMap((name) => [
      '--import',
      pathToFileURL(`${packageRoot}/dist/${name}.js`).href,
    ]);
    const [command = process.execPath, ...wrapped] = [...wrapper, process.execPath];
    const rest = [...wrapped, ...imports, file(entry), ...args];
    const log = logFile === undefined ? 'pipe' : openSync(logFile, 'a');
    try {
      this.#child = spawn(command, rest, {
        cwd,
        env: { PATH, HOME, ...env },
        stdio: ['ignore', log, log, ...(preload.length > 0 ? (['ipc'] as const) : [])],
      });
    } finally {
      if (log !== 'pipe') closeSync(log);
    }
    this.#entry = entry;
    const keep = (text: string): void => {
      this.output = (this.output + text).slice(-outputLimit);
      this.#changes.emit('change');
    };
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout = (this.stdout + text).slice(-outputLimit);
      keep(text);
    });
    this.#child.stderr?.setEncoding('utf8').on('data', keep);
    // For a command that is missing there is no `close`.
    this.#child.on('error', ({ message }) => keep(message));
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        this.#ending = { code, signal };
        this.#changes.emit('change');
        resolve(this.#ending);
      };
      this.#child.once('close', end);
      this.#child.once('error', () => {
        if (this.#child.pid === undefined) end(null, null);
      });
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /**
   * Resolves with the first match in the output, as soon as there is one.
   * @throws Error if the program ends without it; the reason of the signal
   */
  async waitForOutput(pattern: RegExp, signal?: AbortSignal): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      if (this.#ending !== undefined) throw this.failure(`ended with ${JSON.stringify(this.#ending)}`);
      if (signal?.aborted) throw this.failure(signal.reason);
      await once(this.#changes, 'change', signal && { signal }).catch(() => undefined);
    }
  }

  /**
   * Sends a message through the channel and resolves with the program's next one. One question at a time.
   * @throws Error if the program ends before
   */
  async ask<Answer>(question: object): Promise<Answer> {
    const ended = this.ended.then(({ code }): never => {
      throw this.failure(`ended with ${code} before its answer`);
    });
    const answer = once(this.#child, 'message');
    this.#child.send(question);
    const [message] = (await Promise.race([answer, ended])) as [Answer];
    return message;
  }

  /** Sends a signal. Does nothing once the program has ended. */
  signal(name: NodeJS.Signals): void {
    if (!this.hasEnded) this.#child.kill(name);
  }

  /**
   * Sends a signal and waits for the end of the program.
   * @param killAfterMs sends SIGKILL after so long; default: waits without a limit
   */
  async stop(signal: NodeJS.Signals, killAfterMs?: number): Promise<Ending> {
    this.signal(signal);
    const timer = killAfterMs && setTimeout(() => this.signal('SIGKILL'), killAfterMs);
    const ending = await this.ended;
    clearTimeout(timer);
    return ending;
  }

  /** An error that names the program and has the last 4,000 characters of its output. */
  failure(cause: unknown): Error {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new Error(`${this.#entry}: ${reason}\n${this.output.slice(-shownChars)}`, { cause });
  }

  /** Ends the program with SIGTERM, and after 5 s with SIGKILL. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGTERM', stopTimeoutMs);
  }
}
