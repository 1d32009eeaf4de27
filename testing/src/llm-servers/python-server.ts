import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '#embedded-postgres';
import { reachable } from '../network/reachable.js';

/** A Python that has the package `websockets` (Debian: python3-websockets), if this machine has one. */
function findPython(): string | undefined {
  return ['python3', '/usr/bin/python3'].find(
    (program) => spawnSync(program, ['-c', 'import websockets']).status === 0,
  );
}

/** Whether this machine has a Python that {@link PythonServer} can run. */
export function hasPython(): boolean {
  return findPython() !== undefined;
}

/** An LLM server in Python, with another WebSocket library than Parley's. */
export class PythonServer {
  /**
   * Runs a script of ./python. It ends with its parent.
   * @param script its file name
   */
  static async start(script: string): Promise<PythonServer> {
    const file = new URL(`python/${script}`, import.meta.url).pathname;
    const child = spawn(findPython()!, ['-B', file], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    return new PythonServer(child, Number(port.toString()));
  }

  /**
   * Runs the Python example of a document, on a free port instead of 9000.
   * @param page Markdown with one block of Python in it
   */
  static async ofPage(page: string): Promise<PythonServer> {
    const port = await freePort();
    // Ignored, because it logs every client that disconnects.
    const child = spawn(findPython()!, ['-c', exampleOf(page).replace('9000', String(port))], {
      stdio: 'ignore',
    });
    await reachable(port);
    return new PythonServer(child, port);
  }

  readonly #child: ChildProcess;
  readonly #port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  /** Its address. @param path starts with a slash */
  url(path: string): string {
    return `ws://127.0.0.1:${this.#port}${path}`;
  }

  async stop(): Promise<void> {
    this.#child.kill();
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
  }
}

/** The first block of Python in a Markdown document. */
export function exampleOf(page: string): string {
  return /^```python\n([\s\S]*?)^```$/m.exec(page)![1]!;
}
