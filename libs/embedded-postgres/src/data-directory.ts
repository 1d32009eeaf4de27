import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataDirectoryUnusableError } from './errors.js';

/** The major version of the shipped binaries; data of another one cannot be opened by them. */
const MAJOR_VERSION = '18';

/**
 * Tells whether there is a database to start (`initialised`) or one to make first (`absent`: no folder, or an empty one).
 * initdb works in a folder of another name, so what lies here under the real name is complete.
 * @throws DataDirectoryUnusableError if it holds other files, or data of another PostgreSQL.
 */
export async function inspectDataDirectory(dataDirectory: string): Promise<'absent' | 'initialised'> {
  const entries = await readdir(dataDirectory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [] as string[];
    throw new DataDirectoryUnusableError(`${dataDirectory} cannot be read: ${error.message}`, {
      cause: error,
    });
  });
  if (entries.length === 0) return 'absent';
  if (!entries.includes('PG_VERSION')) {
    throw new DataDirectoryUnusableError(
      `${dataDirectory} holds files, but no PostgreSQL data. Move them away or choose another folder.`,
    );
  }
  const version = (await readFile(join(dataDirectory, 'PG_VERSION'), 'utf8')).trim();
  if (version !== MAJOR_VERSION) {
    throw new DataDirectoryUnusableError(
      `${dataDirectory} was made by PostgreSQL ${version}; this is PostgreSQL ${MAJOR_VERSION}. ` +
        'Move the folder away to begin with an empty database, or upgrade it with pg_upgrade.',
    );
  }
  return 'initialised';
}
