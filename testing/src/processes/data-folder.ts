import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from './package-root.js';

/**
 * Creates a folder in the checkout's `.data`. Unlike /tmp, which is often in memory, it is on a disk, so that a commit of a
 * database in it costs what it costs in production.
 * @returns its path, which begins with the prefix and ends with random characters
 */
export async function createDataFolder(prefix: string): Promise<string> {
  const parent = join(packageRoot, '.data');
  await mkdir(parent, { recursive: true });
  return mkdtemp(join(parent, prefix));
}
