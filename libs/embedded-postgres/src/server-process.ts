import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

/** Whether a process with this id is running, of any user. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether the process with this id is a running PostgreSQL. Process ids are reused (in containers soon), and zombies still
 * have one, so on Linux the command line is checked. On other platforms every running process counts.
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
 * Whether the parent of a process has ended. Always false on Linux, where the kernel ends the server with its parent (and
 * process 1 may be the parent), and on Windows. Elsewhere an orphan was left by a killed Parley process.
 */
export async function isOrphan(pid: number, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  if (platform === 'linux' || platform === 'win32') return false;
  const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.trim() === '1';
}
