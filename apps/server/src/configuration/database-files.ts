import { parseDatabaseUrl } from '#database';
import { readExtraCa } from './extra-ca.js';
import { fileText } from './file-text.js';

/**
 * One line for each file in the parameters of a database URL that cannot be used.
 * @param url a valid one
 * @param read returns the text of a file; throws if it cannot be read
 */
export function databaseFileMistakes(url: string, read: (path: string) => string): string[] {
  const parameters = new URL(parseDatabaseUrl(url).servers[0]!.url).searchParams;
  const check = (name: string, use: (path: string) => unknown): string[] => {
    const path = parameters.getAll(name).at(-1) ?? '';
    if (path === '') return [];
    try {
      use(path);
      return [];
    } catch (error) {
      return [`DATABASE_URL has ${name}=${JSON.stringify(path)}; the file ${(error as Error).message}`];
    }
  };
  return [
    ...check('sslrootcert', (path) => readExtraCa(path, read)),
    ...check('sslcert', (path) => readExtraCa(path, read)),
    ...check('sslkey', (path) => fileText(path, read)),
  ];
}
