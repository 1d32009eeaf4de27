import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** How a process ended. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A compiled entry of the server as a process of its own. */
export class ServerProcess {
  output = '';
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;

  /**
   * @param entry such as `apps/server/src/main`
   * @param environment all that it gets beside PATH and HOME
   * @param wrapper a command that runs the server, with its arguments; left out: the server is the process itself
   * @param checkout the built checkout whose server it is; left out: this one
   */
  constructor(
    entry: string,
    environment: Record<string, string>,
    cwd = root,
    wrapper: readonly string[] = [],
    checkout = root,
  ) {
    const { PATH = '', HOME = '' } = process.env;
    const [command, ...args] = [...wrapper, process.execPath, `${checkout}/dist/${entry}.js`];
    this.#child = spawn(command, args, {
      cwd,
      env: { PATH, HOME, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.on('data', (data: Buffer) => (this.output += data.toString()));
    }
    this.ended = new Promise((resolve) =>
      this.#child.once('close', (code, signal) => resolve({ code, signal })),
    );
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** The first match of what it prints. @throws if it ends without printing it */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      const more = Promise.race([once(this.#child.stdout!, 'data'), once(this.#child.stderr!, 'data')]);
      const ending = await Promise.race([more, this.ended]);
      if (!Array.isArray(ending)) throw new Error(`ended with ${JSON.stringify(ending)}: ${this.output}`);
    }
  }

  async stop(signal: NodeJS.Signals): Promise<Ending> {
    this.#child.kill(signal);
    return this.ended;
  }
}

/** Compiles what has changed; a moment when nothing has. */
export async function build(): Promise<void> {
  const compiler = spawn(
    process.execPath,
    [`${root}/node_modules/typescript/bin/tsc`, '-b', 'tsconfig.build.json'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [code] = (await once(compiler, 'close')) as [number];
  if (code !== 0) throw new Error('the build failed');
}
