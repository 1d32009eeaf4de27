import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of package.json, which lies at another distance from the sources than from what is compiled of them. */
export function packageRoot(): string {
  let directory = import.meta.dirname;
  while (!existsSync(join(directory, 'package.json'))) directory = dirname(directory);
  return directory;
}
