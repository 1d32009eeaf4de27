import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a running (or dead) server wrote into its data directory about itself. */
export interface LockFile {
  pid: number;
  /** Seconds since 1970. */
  startedAt: number;
  port: number | undefined;
  /** `starting`, `ready`, `stopping`; empty before the server has got that far. */
  status: string;
  /** The file as it is: two starts never write the same. */
  text: string;
}

export function lockFilePath(dataDirectory: string): string {
  return join(dataDirectory, 'postmaster.pid');
}

/** Reads the lines of postmaster.pid: pid, directory, start, port, socket directory, address, memory key, status. */
export function parseLockFile(text: string): LockFile | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
  if (!Number.isInteger(pid) || pid === 0) return undefined;
  const port = Number.parseInt(lines[3] ?? '', 10);
  return {
    pid,
    startedAt: Number.parseInt(lines[2] ?? '', 10) || 0,
    port: Number.isInteger(port) ? port : undefined,
    status: lines[7] ?? '',
    text,
  };
}

export async function readLockFile(dataDirectory: string): Promise<LockFile | undefined> {
  try {
    return parseLockFile(await readFile(lockFilePath(dataDirectory), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
