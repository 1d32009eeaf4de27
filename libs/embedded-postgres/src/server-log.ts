import { open, rename, type FileHandle } from 'node:fs/promises';

/** A log beyond this size is set aside as `.old` at the next start: two files bound it. */
const MAX_LOG_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 8 * 1024;
const TAIL_LINES = 15;

/** The file that PostgreSQL writes its messages to, and what it wrote since it was opened. */
export class ServerLog {
  readonly #file: FileHandle;
  #begin: number;

  private constructor(file: FileHandle, begin: number) {
    this.#file = file;
    this.#begin = begin;
  }

  static async open(path: string): Promise<ServerLog> {
    let file = await open(path, 'a+', 0o600);
    let { size } = await file.stat();
    if (size > MAX_LOG_BYTES) {
      await file.close();
      await rename(path, `${path}.old`);
      file = await open(path, 'a+', 0o600);
      size = 0;
    }
    return new ServerLog(file, size);
  }

  /** For a child's stdout and stderr. */
  get fd(): number {
    return this.#file.fd;
  }

  /** What is written from now on is what `tail` tells. */
  async mark(): Promise<void> {
    this.#begin = (await this.#file.stat()).size;
  }

  /** The last lines written since the last mark, or since the log was opened. */
  async tail(): Promise<string> {
    const { size } = await this.#file.stat();
    const from = Math.max(this.#begin, size - TAIL_BYTES);
    const buffer = Buffer.alloc(Math.max(0, size - from));
    await this.#file.read(buffer, 0, buffer.length, from);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
