import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { DataDirectoryUnusableError } from './errors.js';

/** Reads the password of a data directory. @throws DataDirectoryUnusableError */
export async function readPassword(passwordFile: string): Promise<string> {
  try {
    return (await readFile(passwordFile, 'utf8')).trim();
  } catch (cause) {
    throw new DataDirectoryUnusableError(
      `The password of the embedded database cannot be read from ${passwordFile}. ` +
        'Restore that file, or move the data directory beside it away to start with an empty database.',
      { cause },
    );
  }
}

/** Creates a password file with mode 0600, unless it exists. */
export async function ensurePassword(passwordFile: string): Promise<void> {
  const password = `${randomBytes(24).toString('base64url')}\n`;
  await writeFile(passwordFile, password, { flag: 'wx', mode: 0o600 }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
}
