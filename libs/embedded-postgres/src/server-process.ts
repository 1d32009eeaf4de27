import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

/** True if a process of that id runs, whoever's it is. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * True if that id belongs to a running PostgreSQL. Process ids come round again, in containers soon, and a dead process
 * that nobody has collected still has one: on Linux the command line tells. Elsewhere any running process counts.
 */
export async function isPostgres(
  pid: number,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  if (!isRunning(pid)) return false;
  if (platform !== 'linux') return true;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return basename(commandLine.split('\0')[0] ?? '') === 'postgres';
}

/**
 * True if the process that started it is gone. Only asked where the kernel does not end a server with its parent: there
 * an orphan is what a killed program of ours left behind. Never on Linux, where process 1 may be ourselves.
 */
export async function isOrphan(pid: number, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  if (platform === 'linux' || platform === 'win32') return false;
  const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.trim() === '1';
}
