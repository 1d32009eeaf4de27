import { endWithParent, Program, type ProgramOptions } from '#testing';
import { type ProbeAnswer, type ProbeQuestion } from './probe.js';

/** How to run a program under test. */
export interface MeasuredOptions extends Omit<ProgramOptions, 'logFile' | 'outputLimit' | 'preload'> {
  /** As in {@link Program}. */
  entry: string;
  /** Its whole environment, besides PATH and HOME. */
  env?: Readonly<Record<string, string>>;
  /** Matches its output once it can be used. */
  ready: RegExp;
}

const startTimeoutMs = 20_000;
/** Of the output; for error messages. */
const keptChars = 4_000;

/** A program whose CPU time can be read and that can be profiled. */
export class MeasuredProgram implements AsyncDisposable {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  /**
   * Starts a program and waits until it is ready.
   * @param register called before it is ready, so that the caller disposes of it even if it never is
   * @returns also the match of `ready`
   * @throws Error if it ends, or is not ready within 20 s; the reason of the signal
   */
  static async start(
    { entry, env = {}, ready, ...options }: MeasuredOptions,
    register: (program: MeasuredProgram) => void,
    signal: AbortSignal,
  ): Promise<{ program: MeasuredProgram; ready: RegExpExecArray }> {
    signal.throwIfAborted();
    const preload = [endWithParent, 'bench/src/lab/probe'];
    const program = new Program(entry, env, { ...options, preload, outputLimit: keptChars });
    const measured = new MeasuredProgram(program);
    register(measured);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(startTimeoutMs)]);
    return { program: measured, ready: await program.waitForOutput(ready, limit) };
  }

  /** CPU time of the process so far, in microseconds. */
  async cpu(): Promise<number> {
    return (await this.#ask({ ask: 'cpu' })).cpu;
  }

  /** Starts a CPU profile. */
  async startProfile(): Promise<void> {
    await this.#ask({ ask: 'start-profile' });
  }

  /** Ends the profile and writes it to a file (.cpuprofile, as Chrome and VS Code open it). */
  async writeProfile(file: string): Promise<void> {
    await this.#ask({ ask: 'write-profile', file });
  }

  /** As {@link Program.failure}. */
  failure(cause: unknown): Error {
    return this.#program.failure(cause);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }

  #ask(question: ProbeQuestion): Promise<ProbeAnswer> {
    return this.#program.ask<ProbeAnswer>(question);
  }
}
