import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type ProbeAnswer, type ProbeQuestion } from './probe.js';

/** How to run one program. */
export interface ChildOptions {
  name: string;
  /** The program's file. */
  script: URL;
  args?: readonly string[];
  /** All of its environment but PATH: nothing of the caller's settings leaks in. */
  env?: Readonly<Record<string, string>>;
  cwd: string;
  /** Matches what it prints once it can be used. */
  ready: RegExp;
}

const startTimeoutMs = 20_000;
const stopTimeoutMs = 5_000;
/** How much of what it printed is kept, for error messages. */
const keptChars = 4_000;

/** A Node program in a process of its own, with the probe inside. */
export class Child implements AsyncDisposable {
  #printed = '';
  readonly #process: ChildProcess;

  private constructor(
    readonly name: string,
    process: ChildProcess,
  ) {
    this.#process = process;
    const keep = (text: string) => (this.#printed = (this.#printed + text).slice(-keptChars));
    process.stdout?.setEncoding('utf8').on('data', keep);
    process.stderr?.setEncoding('utf8').on('data', keep);
  }

  /** Starts the program; `register` is told of it at once, before it is ready, so that it is stopped in any case. */
  static async start(
    options: ChildOptions,
    register: (child: Child) => void,
    signal: AbortSignal,
  ): Promise<{ child: Child; ready: RegExpExecArray }> {
    signal.throwIfAborted();
    const process = fork(options.script, [...(options.args ?? [])], {
      execArgv: ['--import', new URL('probe.js', import.meta.url).href],
      silent: true,
      cwd: options.cwd,
      env: { PATH: globalThis.process.env.PATH, ...options.env },
    });
    const child = new Child(options.name, process);
    register(child);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(startTimeoutMs)]);
    for (;;) {
      const ready = options.ready.exec(child.#printed);
      if (ready !== null) return { child, ready };
      if (child.#isGone || limit.aborted) throw child.failure(new Error('it did not start'));
      await delay(10, undefined, { signal }).catch(() => undefined);
    }
  }

  /** CPU time of the process so far, in microseconds. */
  async cpu(): Promise<number> {
    return (await this.#ask({ ask: 'cpu' })).cpu;
  }

  /** Starts to take a CPU profile. */
  async profile(): Promise<void> {
    await this.#ask({ ask: 'profile' });
  }

  /** Ends the profile and writes it into a file that Chrome's and VS Code's profilers open. */
  async writeProfile(file: string): Promise<void> {
    await this.#ask({ ask: 'profiled', file });
  }

  /** The error together with what the program said last. */
  failure(cause: unknown): Error {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new Error(`${this.name}: ${reason}\n${this.#printed}`, { cause });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isGone) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), stopTimeoutMs);
    await exit;
    clearTimeout(timer);
  }

  get #isGone(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  async #ask(question: ProbeQuestion): Promise<ProbeAnswer> {
    const gone = new AbortController();
    const onExit = () => gone.abort(this.failure(new Error('it ended by itself')));
    this.#process.once('exit', onExit);
    try {
      if (this.#isGone) onExit();
      const answer = once(this.#process, 'message', { signal: gone.signal });
      this.#process.send(question);
      const [reply] = (await answer) as [ProbeAnswer];
      return reply;
    } finally {
      this.#process.off('exit', onExit);
    }
  }
}
