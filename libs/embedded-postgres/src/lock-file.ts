import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The content of postmaster.pid, which a running or dead server wrote into its data directory. */
export interface LockFile {
  pid: number;
  /** Seconds since 1970. */
  startedAt: number;
  port: number | undefined;
  /** `starting`, `ready`, `stopping`; empty before the server has written it. */
  status: string;
  /** The whole file; differs between starts. */
  text: string;
}

/** The path of postmaster.pid. */
export function lockFilePath(dataDirectory: string): string {
  return join(dataDirectory, 'postmaster.pid');
}

/**
 * Parses the lines of postmaster.pid: pid, directory, start, port, socket directory, address, memory key, status.
 * @returns undefined if the text has no pid
 */
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

/** Reads postmaster.pid. @returns undefined if there is none */
export async function readLockFile(dataDirectory: string): Promise<LockFile | undefined> {
  try {
    return parseLockFile(await readFile(lockFilePath(dataDirectory), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
