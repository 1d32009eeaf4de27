import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** A Python that has the `websockets` package (Debian: python3-websockets), if this machine has one. */
export const python = ['python3', '/usr/bin/python3'].find(
  (program) => spawnSync(program, ['-c', 'import websockets']).status === 0,
);

/** A server in ./python, another stack than ours; it ends with its parent. */
export class PythonServer {
  /** @param script a file in ./python */
  static async start(script: string): Promise<PythonServer> {
    const file = new URL(`python/${script}`, import.meta.url).pathname;
    const child = spawn(python!, ['-B', file], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    return new PythonServer(child, Number(port.toString()));
  }

  private constructor(
    private readonly child: ReturnType<typeof spawn>,
    private readonly port: number,
  ) {}

  /** @param path from the slash on */
  url(path: string): string {
    return `ws://127.0.0.1:${this.port}${path}`;
  }

  async stop(): Promise<void> {
    this.child.kill();
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
  }
}
