/** A command-line program. */
export interface Command<Options> {
  /** What `--help` prints; also printed after a wrong command line. */
  help: string;
  /** @returns undefined when help is wanted. @throws Error for a wrong command line */
  readOptions: (args: readonly string[]) => Options | undefined;
  /**
   * @param signal aborted on SIGINT, SIGTERM and SIGHUP
   * @returns the exit code
   */
  run: (options: Options, signal: AbortSignal) => Promise<number>;
}

/**
 * Runs a command with the arguments of this process.
 * @returns the exit code: that of `run`; 0 for help, 2 for a wrong command line, 130 after a signal, 1 for any other error
 */
export async function runCommand<Options>({ help, readOptions, run }: Command<Options>): Promise<number> {
  let options: Options | undefined;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${help}`);
    return 2;
  }
  if (options === undefined) {
    process.stdout.write(help);
    return 0;
  }
  const stopping = new AbortController();
  const stop = (): void => stopping.abort(new Error('stopped'));
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  try {
    return await run(options, stopping.signal);
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
}
