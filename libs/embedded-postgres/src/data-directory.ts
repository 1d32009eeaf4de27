import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataDirectoryUnusableError } from './errors.js';

/** The major version of the binaries, which cannot open data of another one. */
const MAJOR_VERSION = '18';

/**
 * Returns whether the directory contains a database cluster (`initialized`) or is missing or empty (`absent`). initdb works
 * in a folder of another name, so a cluster under this name is complete.
 * @throws DataDirectoryUnusableError if it contains other files, or data of another PostgreSQL version
 */
export async function inspectDataDirectory(dataDirectory: string): Promise<'absent' | 'initialized'> {
  const entries = await readdir(dataDirectory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [] as string[];
    throw new DataDirectoryUnusableError(`${dataDirectory} cannot be read: ${error.message}`, {
      cause: error,
    });
  });
  if (entries.length === 0) return 'absent';
  if (!entries.includes('PG_VERSION')) {
    throw new DataDirectoryUnusableError(
      `${dataDirectory} contains files, but no PostgreSQL data. Move them away or choose another folder.`,
    );
  }
  const version = (await readFile(join(dataDirectory, 'PG_VERSION'), 'utf8')).trim();
  if (version !== MAJOR_VERSION) {
    throw new DataDirectoryUnusableError(
      `${dataDirectory} was created by PostgreSQL ${version}; this is PostgreSQL ${MAJOR_VERSION}. ` +
        'Move the folder away to start with an empty database, or upgrade it with pg_upgrade.',
    );
  }
  return 'initialized';
}
