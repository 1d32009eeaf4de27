import { open, rename, type FileHandle } from 'node:fs/promises';

/** A log above this size is renamed to `.old` at the next start. */
const MAX_LOG_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 8 * 1024;
const TAIL_LINES = 15;

/** The log file of PostgreSQL, which can return the latest lines. */
export class ServerLog {
  readonly #file: FileHandle;
  #begin: number;

  private constructor(file: FileHandle, begin: number) {
    this.#file = file;
    this.#begin = begin;
  }

  /** Opens the log for appending; renames a log that is too large first. */
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

  /** The file descriptor, for stdout and stderr of a child process. */
  get fd(): number {
    return this.#file.fd;
  }

  /** Makes {@link tail} return only what is written from now on. */
  async mark(): Promise<void> {
    this.#begin = (await this.#file.stat()).size;
  }

  /** Returns the last lines (at most 15) since {@link mark}, or since the log was opened. */
  async tail(): Promise<string> {
    const { size } = await this.#file.stat();
    const from = Math.max(this.#begin, size - TAIL_BYTES);
    const buffer = Buffer.alloc(Math.max(0, size - from));
    await this.#file.read(buffer, 0, buffer.length, from);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await this.#file.close();
  }
}
